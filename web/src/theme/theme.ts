import { createTheme, type MantineColorsTuple } from '@mantine/core'

const brand: MantineColorsTuple = [
  '#e6f4f6',
  '#cfe6ea',
  '#a3d0d8',
  '#72b8c4',
  '#45a0b0',
  '#248fa3',
  '#147f95',
  '#0a6f84',
  '#005f73',
  '#004b5c',
]

// Mantine's own dark greys clash with the tokens; index 7 is the body, 6 the surface, 4 the border.
const dark: MantineColorsTuple = [
  '#e3e8ec',
  '#c3cbd2',
  '#9aa5b1',
  '#6c7883',
  '#333a41',
  '#262c32',
  '#1b2025',
  '#15191d',
  '#0f1215',
  '#0a0c0e',
]

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 8, dark: 6 },
  colors: { brand, dark },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px', lineHeight: '28px' }, h2: { fontSize: '16px', lineHeight: '24px' } },
  },
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    Modal: {
      defaultProps: { centered: true, transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.5 } },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.5 } } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 80 } } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: {
      // The list scrolls itself: a region around it would be one that no key reaches.
      defaultProps: { size: 'sm', withScrollArea: false, comboboxProps: { transitionProps: { duration: 80 } } },
      styles: { options: { maxHeight: 250, overflowY: 'auto' } },
    },
    // Its own colour on its own ground has too little contrast.
    Alert: { styles: { label: { color: 'var(--mantine-color-text)' } } },
    Skeleton: { defaultProps: { radius: 'sm' } },
  },
})
