// What every machine of this kind has: SSE2 on x86-64, NEON on arm64.
#define CK_NAME(x) ck_baseline_##x
#define CK_SET "baseline"
#include "Kernels.inc"
