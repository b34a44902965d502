// Kernels write every stack buffer before they read it; clearing 256 bytes a tile first would cost a tenth of a half step.
[module: System.Runtime.CompilerServices.SkipLocalsInit]
