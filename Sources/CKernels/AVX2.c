#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_NAME(x) ck_avx2_##x
#define CK_SET "AVX2"
#include "Kernels.inc"
#pragma clang attribute pop
#endif
