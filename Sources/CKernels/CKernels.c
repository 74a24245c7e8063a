#include "CKernels.h"

extern const ck_table ck_baseline_table;
static int runs_anywhere(void) { return 1; }

#if defined(__x86_64__)
extern const ck_table ck_avx2_table, ck_avx512_table;

static int runs_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int runs_avx512(void) {
  return runs_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

/// Every instruction set that there is code for, from the slowest to the fastest.
static const struct {
  const ck_table *table;
  int (*runs)(void);
} known[] = {
  {&ck_baseline_table, runs_anywhere},
#if defined(__x86_64__)
  {&ck_avx2_table, runs_avx2},
  {&ck_avx512_table, runs_avx512},
#endif
};

enum { known_count = sizeof known / sizeof *known };
static const ck_table *tables[known_count];
static int count = 0;
static const ck_table *best = &ck_baseline_table;

__attribute__((constructor)) static void choose(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  for (int i = 0; i < known_count; i++)
    if (known[i].runs()) best = tables[count++] = known[i].table;
}

int ck_table_count(void) { return count; }
const ck_table *ck_table_at(int index) { return tables[index]; }

#define CK_DEFINE(name, parameters, arguments) \
  void ck_##name parameters { best->name arguments; }
CK_KERNELS(CK_DEFINE)
