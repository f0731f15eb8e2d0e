import type { MantineColorsTuple } from '@mantine/core'

/** The hues whose shades postcss.config.mjs keeps: any other would have no colour on the screen. */
type Hue = 'brand' | 'dark' | 'gray' | 'red' | 'green' | 'orange'
type Colour = Hue | `${Hue}.${number}` | `var(--vc-${string})` | 'dimmed'

declare module '@mantine/core' {
  export interface MantineThemeColorsOverride {
    colors: Record<Colour, MantineColorsTuple>
  }
}
