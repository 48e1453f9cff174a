import { installSockets } from '../src/sockets/node/install.ts'
import { installVirtualGlobals } from '../src/virtual/install.ts'
import { installViews } from './worker/modules/views.ts'

// The plugin puts this file first among the setup files of every project: see installVirtualGlobals for why first.
installVirtualGlobals()
installSockets()
installViews()
