#include "CKernels.h"

extern const ck_table ck_baseline_table;
static const ck_table *tables[3] = {&ck_baseline_table};
static int count = 1;
static const ck_table *best = &ck_baseline_table;

#if defined(__x86_64__)
extern const ck_table ck_avx2_table, ck_avx512_table;

__attribute__((constructor)) static void choose(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return;
  tables[count++] = &ck_avx2_table;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    tables[count++] = &ck_avx512_table;
  best = tables[count - 1];
}
#endif

int ck_table_count(void) { return count; }
const ck_table *ck_table_at(int index) { return tables[index]; }

#define CK_DEFINE(name, parameters, arguments) \
  void ck_##name parameters { best->name arguments; }
CK_KERNELS(CK_DEFINE)
