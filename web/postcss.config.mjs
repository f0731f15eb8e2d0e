// Mantine brings every hue it knows in ten shades and two schemes; the screen says what it means with its own tokens, and
// uses few of them. The type of a colour in src/theme/colors.d.ts knows the same hues.
const unused = /^--mantine-color-(pink|grape|violet|indigo|blue|cyan|teal|lime|yellow)-/

const dropUnusedHues = {
  postcssPlugin: 'drop-unused-hues',
  Declaration(declaration) {
    if (unused.test(declaration.prop)) declaration.remove()
  },
}

export default { plugins: [(await import('postcss-preset-mantine')).default, dropUnusedHues] }
