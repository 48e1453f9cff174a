import { installVirtualGlobals } from '../src/virtual/install.ts'

// The plugin puts this file first among the setup files of every project: see installVirtualGlobals for why first.
installVirtualGlobals()
