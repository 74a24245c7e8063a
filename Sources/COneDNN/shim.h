#include <dnnl.h>

// A product of bfloat16 matrices with a sum in 32 bits, as oneDNN 2 and 3 are both asked for it.

typedef struct {
  dnnl_dim_t rows, columns, depth;
  // Entries from one row to the next, and from one column to the next.
  dnnl_dim_t a_row, a_column, b_row, b_column, c_row;
  int adding;
} peft_matmul_sizes;

typedef struct {
  dnnl_primitive_t primitive;
  dnnl_memory_t a, b, c;
} peft_matmul;

static inline void peft_matmul_destroy(peft_matmul *m) {
  if (m->primitive) dnnl_primitive_destroy(m->primitive);
  if (m->a) dnnl_memory_destroy(m->a);
  if (m->b) dnnl_memory_destroy(m->b);
  if (m->c) dnnl_memory_destroy(m->c);
}

static inline dnnl_status_t peft_matmul_attributes(
    dnnl_primitive_attr_t *attributes, const peft_matmul_sizes *s) {
  dnnl_post_ops_t steps;
  dnnl_status_t status = dnnl_post_ops_create(&steps);
  if (status != dnnl_success) return status;
  if (s->adding) {
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_post_ops_append_sum(steps, 1.0f, 0, dnnl_data_type_undef);
#else
    status = dnnl_post_ops_append_sum(steps, 1.0f);
#endif
  }
  if (status == dnnl_success) status = dnnl_primitive_attr_create(attributes);
  if (status == dnnl_success) status = dnnl_primitive_attr_set_post_ops(*attributes, steps);
  dnnl_post_ops_destroy(steps);
  return status;
}

static inline dnnl_status_t peft_matmul_create(
    peft_matmul *m, dnnl_engine_t engine, const peft_matmul_sizes *s) {
  *m = (peft_matmul){0};
  const dnnl_dims_t a = {s->rows, s->depth}, b = {s->depth, s->columns}, c = {s->rows, s->columns};
  const dnnl_dims_t a_strides = {s->a_row, s->a_column}, b_strides = {s->b_row, s->b_column},
                    c_strides = {s->c_row, 1};
  dnnl_primitive_attr_t attributes = 0;
  dnnl_primitive_desc_t description = 0;
  dnnl_status_t status = peft_matmul_attributes(&attributes, s);
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_t da = 0, db = 0, dc = 0;
  if (status == dnnl_success)
    status = dnnl_memory_desc_create_with_strides(&da, 2, a, dnnl_bf16, a_strides);
  if (status == dnnl_success)
    status = dnnl_memory_desc_create_with_strides(&db, 2, b, dnnl_bf16, b_strides);
  if (status == dnnl_success)
    status = dnnl_memory_desc_create_with_strides(&dc, 2, c, dnnl_f32, c_strides);
  if (status == dnnl_success)
    status = dnnl_matmul_primitive_desc_create(&description, engine, da, db, 0, dc, attributes);
#define PEFT_PLACE(memory, type) dnnl_memory_create(&m->memory, type, engine, DNNL_MEMORY_NONE)
#else
  dnnl_memory_desc_t da, db, dc;
  dnnl_matmul_desc_t operation;
  if (status == dnnl_success)
    status = dnnl_memory_desc_init_by_strides(&da, 2, a, dnnl_bf16, a_strides);
  if (status == dnnl_success)
    status = dnnl_memory_desc_init_by_strides(&db, 2, b, dnnl_bf16, b_strides);
  if (status == dnnl_success)
    status = dnnl_memory_desc_init_by_strides(&dc, 2, c, dnnl_f32, c_strides);
  if (status == dnnl_success) status = dnnl_matmul_desc_init(&operation, &da, &db, 0, &dc);
  if (status == dnnl_success)
    status = dnnl_primitive_desc_create(&description, &operation, attributes, engine, 0);
#define PEFT_PLACE(memory, type) dnnl_memory_create(&m->memory, &type, engine, DNNL_MEMORY_NONE)
#endif
  if (status == dnnl_success) status = dnnl_primitive_create(&m->primitive, description);
  if (status == dnnl_success) status = PEFT_PLACE(a, da);
  if (status == dnnl_success) status = PEFT_PLACE(b, db);
  if (status == dnnl_success) status = PEFT_PLACE(c, dc);
#undef PEFT_PLACE
#if DNNL_VERSION_MAJOR >= 3
  if (da) dnnl_memory_desc_destroy(da);
  if (db) dnnl_memory_desc_destroy(db);
  if (dc) dnnl_memory_desc_destroy(dc);
#endif
  if (description) dnnl_primitive_desc_destroy(description);
  if (attributes) dnnl_primitive_attr_destroy(attributes);
  if (status != dnnl_success) peft_matmul_destroy(m);
  return status;
}

// The library reads `a` and `b` and writes `c`, though its types do not say so.
static inline dnnl_status_t peft_matmul_run(
    const peft_matmul *m, dnnl_stream_t stream, const void *a, const void *b, float *c) {
  dnnl_status_t status = dnnl_memory_set_data_handle(m->a, (void *)a);
  if (status == dnnl_success) status = dnnl_memory_set_data_handle(m->b, (void *)b);
  if (status == dnnl_success) status = dnnl_memory_set_data_handle(m->c, c);
  if (status != dnnl_success) return status;
  const dnnl_exec_arg_t arguments[3] = {
    {DNNL_ARG_SRC, m->a}, {DNNL_ARG_WEIGHTS, m->b}, {DNNL_ARG_DST, m->c}};
  return dnnl_primitive_execute(m->primitive, stream, 3, arguments);
}

// Whether bfloat16 products run on instructions of their own: others take longer than 32-bit ones.
static inline int peft_has_fast_bf16(void) {
#if defined(__x86_64__)
  dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();
  return (isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
#else
  return 1;
#endif
}
