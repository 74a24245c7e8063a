#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#define CK_NAME(x) ck_avx512_##x
#define CK_SET "AVX-512"
#include "Kernels.inc"
#pragma clang attribute pop
#endif
