#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Inner loops of the CPU core. Each trusts its sizes and allocates nothing.
///
/// Every loop is compiled for several instruction sets; the best one that the machine has is chosen
/// when the program starts. `x` and `y` may be the same memory unless a comment says otherwise.

/// A function of one entry.
typedef enum {
  CK_RELU, CK_SILU, CK_TANH, CK_SIGMOID, CK_EXP, CK_GELU, CK_GELU_TANH, CK_QUICK_GELU, CK_GELU_10,
  CK_MISH, CK_RELU_2, CK_RELU_6, CK_LEAKY_RELU, CK_HARD_SWISH, CK_LAPLACE, CK_IDENTITY
} ck_function;

/// What one step of an optimizer does to the entries of a tensor. Every gradient g is first multiplied by
/// `gradient_scale`; where there is a `weight_decay`, w · weight_decay is added to it. Decoupled weight
/// decay is `decay_factor`, 1 without it.
///
/// Adam: m += one_minus_beta1 · (g − m), v = v · beta2 + one_minus_beta2 · g²,
/// w = w · decay_factor − step_size · m / (√v / bias_correction2_sqrt + epsilon).
typedef struct {
  float gradient_scale, weight_decay, one_minus_beta1, beta2, one_minus_beta2, decay_factor, step_size,
      bias_correction2_sqrt, epsilon;
} ck_adam_parameters;

/// Lion: w = w · decay_factor − learning_rate · sign(m · beta1 + g · one_minus_beta1), then
/// m = m · beta2 + g · one_minus_beta2.
typedef struct {
  float gradient_scale, beta1, one_minus_beta1, beta2, one_minus_beta2, decay_factor, learning_rate;
} ck_lion_parameters;

/// Gradient descent: m = m · momentum + g · one_minus_dampening,
/// w −= learning_rate · (g · gradient_factor + m · momentum_factor). Without momentum
/// w −= learning_rate · g.
typedef struct {
  float gradient_scale, weight_decay, momentum, one_minus_dampening, gradient_factor, momentum_factor,
      learning_rate;
} ck_sgd_parameters;

/// Columns of a panel, in which a row is added to another as a whole.
enum { ck_lanes = 64 };

/// A matrix of −scale, 0 and scale. Either the places of what is not 0 are listed by rows and by columns, or two
/// planes have a bit for each entry, in row-major order.
typedef struct {
  size_t rows, columns;
  float scale;
  /// How many bytes a place takes: 2 or 4; 0 where there are planes.
  size_t place_bytes;
  /// Where the lists of row i begin: of the places of scale at 2 i, of those of −scale at 2 i + 1.
  const uint32_t *_Nullable row_starts, *_Nullable column_starts;
  const void *_Nullable row_places, *_Nullable column_places;
  const uint8_t *_Nullable plus, *_Nullable minus;
} ck_ternary;

/// All kernels, as K(name, parameters, arguments):
///
/// - add, multiply: y = a + b, y = a · b. add_constant, scale: the same with a scalar.
/// - activate: y = f(x).
/// - layer_norm: every row of x[rows, width], rows xs apart, to mean 0 and variance 1, then times
///   weight plus bias, each of which may be null.
/// - rms_norm: every row to root mean square 1, then times (weight + offset).
/// - unit_length: every row to Euclidean norm 1.
/// - inverse_length: one over the norm of every row, into y[rows]; not in place.
/// - softmax: the softmax of x, in place; all zeros where every x is −∞.
/// - hide: x becomes −∞ where keep is 0.
/// - rotate: pairs (x[i], x[i + half]) rotated by the angle whose cosine and sine are given.
/// - drop: y = x · scale, or 0 where the random word of that place is below the threshold. The word
///   of place i is a mix of key and i, so that any part of a row can be computed by itself.
/// - activate_gradient: y = f'(x) · gradient.
/// - layer_norm_gradient, rms_norm_gradient, unit_length_gradient: the gradient of x for the rows of
///   the result's gradient g, gs apart, into y; not in place of x.
/// - rms_norm_weight_gradient: adds to y[width] every row of x, scaled to root mean square 1, times g.
/// - softmax_gradient: y = p · (g − the sum of p · g), where p is the softmax's result.
/// - exponentials: y = e^(x − shift).
/// - add_scaled: y = y + c · x; not in place.
/// - sum, largest: of all x, into *y.
/// - widen_bf16, widen_f16: 16-bit floats as 32-bit ones; not in place.
/// - round_bf16: to the nearest bfloat16, ties to even; y may begin where x does.
/// - adam, lion, sgd, sgd_momentum: one step, as told above, of parameters w with moments m and v.
/// - square_sum: the sum of x², the same bits in every instruction set.
/// - lane_sums_16, lane_sums_32: the sum of the rows of a panel x that are listed in p, minus those in m, into
///   y[lanes]; only additions and subtractions.
/// - lanes_of_rows: n columns of x[rows, …], rows xs apart, as the rows of a panel y, whose other lanes become 0;
///   not in place.
/// - rows_of_lanes: the reverse, times c.
/// - unpack_signs: n entries of two planes from `first` on, times scale. unpack_half_signs: as bfloat16, not
///   scaled.
/// - row_dots: c times the dot product of every row of x[rows, size] with every row of w[n, size], into y[rows, n] or
///   added to what is there. row_dots_bf16: the same with w in bfloat16.
/// - row_sums: c times the sum of the rows of w[n, size] that the entries of a row of x[rows, n] weigh, into
///   y[rows, size] or added. row_sums_bf16: the same with w in bfloat16.
#define CK_KERNELS(K) \
  K(add, (size_t n, const float *a, const float *b, float *y), (n, a, b, y)) \
  K(multiply, (size_t n, const float *a, const float *b, float *y), (n, a, b, y)) \
  K(add_constant, (size_t n, float c, const float *x, float *y), (n, c, x, y)) \
  K(scale, (size_t n, float c, const float *x, float *y), (n, c, x, y)) \
  K(activate, (ck_function f, size_t n, const float *x, float *y), (f, n, x, y)) \
  K(layer_norm, \
    (size_t rows, size_t width, float epsilon, const float *x, size_t xs, const float *_Nullable weight, \
     const float *_Nullable bias, float *y, size_t ys), \
    (rows, width, epsilon, x, xs, weight, bias, y, ys)) \
  K(rms_norm, \
    (size_t rows, size_t width, float epsilon, float offset, const float *x, size_t xs, \
     const float *weight, float *y, size_t ys), \
    (rows, width, epsilon, offset, x, xs, weight, y, ys)) \
  K(unit_length, (size_t rows, size_t width, const float *x, size_t xs, float *y, size_t ys), \
    (rows, width, x, xs, y, ys)) \
  K(inverse_length, (size_t rows, size_t width, const float *x, size_t xs, float *y), \
    (rows, width, x, xs, y)) \
  K(softmax, (size_t n, const float *x, float *y), (n, x, y)) \
  K(hide, (size_t n, const uint8_t *keep, float *x), (n, keep, x)) \
  K(rotate, (size_t half, const float *cosine, const float *sine, const float *x, float *y), \
    (half, cosine, sine, x, y)) \
  K(drop, \
    (size_t n, uint64_t key, uint32_t first, uint32_t threshold, float scale, const float *x, \
     float *y), \
    (n, key, first, threshold, scale, x, y)) \
  K(activate_gradient, (ck_function f, size_t n, const float *x, const float *g, float *y), \
    (f, n, x, g, y)) \
  K(layer_norm_gradient, \
    (size_t rows, size_t width, float epsilon, const float *x, size_t xs, const float *g, size_t gs, \
     const float *_Nullable weight, float *y, size_t ys), \
    (rows, width, epsilon, x, xs, g, gs, weight, y, ys)) \
  K(rms_norm_gradient, \
    (size_t rows, size_t width, float epsilon, float offset, const float *x, size_t xs, \
     const float *g, size_t gs, const float *weight, float *y, size_t ys), \
    (rows, width, epsilon, offset, x, xs, g, gs, weight, y, ys)) \
  K(rms_norm_weight_gradient, \
    (size_t rows, size_t width, float epsilon, const float *x, size_t xs, const float *g, size_t gs, \
     float *y), \
    (rows, width, epsilon, x, xs, g, gs, y)) \
  K(unit_length_gradient, \
    (size_t rows, size_t width, const float *x, size_t xs, const float *g, size_t gs, float *y, \
     size_t ys), \
    (rows, width, x, xs, g, gs, y, ys)) \
  K(softmax_gradient, (size_t n, const float *p, const float *g, float *y), (n, p, g, y)) \
  K(exponentials, (size_t n, float shift, const float *x, float *y), (n, shift, x, y)) \
  K(add_scaled, (size_t n, float c, const float *x, float *y), (n, c, x, y)) \
  K(sum, (size_t n, const float *x, float *y), (n, x, y)) \
  K(largest, (size_t n, const float *x, float *y), (n, x, y)) \
  K(widen_bf16, (size_t n, const uint16_t *x, float *y), (n, x, y)) \
  K(widen_f16, (size_t n, const uint16_t *x, float *y), (n, x, y)) \
  K(round_bf16, (size_t n, const float *x, uint16_t *y), (n, x, y)) \
  K(adam, \
    (size_t n, const ck_adam_parameters *p, const float *gradient, float *m, float *v, float *w), \
    (n, p, gradient, m, v, w)) \
  K(lion, (size_t n, const ck_lion_parameters *p, const float *gradient, float *m, float *w), \
    (n, p, gradient, m, w)) \
  K(sgd, (size_t n, const ck_sgd_parameters *p, const float *gradient, float *w), \
    (n, p, gradient, w)) \
  K(sgd_momentum, \
    (size_t n, const ck_sgd_parameters *p, const float *gradient, float *m, float *w), \
    (n, p, gradient, m, w)) \
  K(square_sum, (size_t n, const float *x, double *sum), (n, x, sum)) \
  K(lane_sums_16, \
    (size_t plus, const uint16_t *p, size_t minus, const uint16_t *m, const float *x, float *y), \
    (plus, p, minus, m, x, y)) \
  K(lane_sums_32, \
    (size_t plus, const uint32_t *p, size_t minus, const uint32_t *m, const float *x, float *y), \
    (plus, p, minus, m, x, y)) \
  K(lanes_of_rows, (size_t rows, size_t n, const float *x, size_t xs, float *y), (rows, n, x, xs, y)) \
  K(rows_of_lanes, (size_t rows, size_t n, float c, const float *x, float *y, size_t ys), \
    (rows, n, c, x, y, ys)) \
  K(unpack_signs, \
    (size_t n, size_t first, const uint8_t *plus, const uint8_t *minus, float scale, float *y), \
    (n, first, plus, minus, scale, y)) \
  K(unpack_half_signs, \
    (size_t n, size_t first, const uint8_t *plus, const uint8_t *minus, uint16_t *y), \
    (n, first, plus, minus, y)) \
  K(row_dots, \
    (size_t rows, size_t n, size_t size, float c, const float *x, size_t xs, const float *w, size_t ws, \
     int adding, float *y, size_t ys), \
    (rows, n, size, c, x, xs, w, ws, adding, y, ys)) \
  K(row_dots_bf16, \
    (size_t rows, size_t n, size_t size, float c, const float *x, size_t xs, const uint16_t *w, size_t ws, \
     int adding, float *y, size_t ys), \
    (rows, n, size, c, x, xs, w, ws, adding, y, ys)) \
  K(row_sums, \
    (size_t rows, size_t n, size_t size, float c, const float *x, size_t xs, const float *w, size_t ws, \
     int adding, float *y, size_t ys), \
    (rows, n, size, c, x, xs, w, ws, adding, y, ys)) \
  K(row_sums_bf16, \
    (size_t rows, size_t n, size_t size, float c, const float *x, size_t xs, const uint16_t *w, size_t ws, \
     int adding, float *y, size_t ys), \
    (rows, n, size, c, x, xs, w, ws, adding, y, ys))

#define CK_DECLARE(name, parameters, arguments) void ck_##name parameters;
CK_KERNELS(CK_DECLARE)
#undef CK_DECLARE

/// One instruction set's versions of all kernels.
typedef struct {
  const char *name;
#define CK_FIELD(name, parameters, arguments) void (*name) parameters;
  CK_KERNELS(CK_FIELD)
#undef CK_FIELD
} ck_table;

/// Tells the processor that a loop waits.
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// The number of instruction sets that this machine has, of those compiled: at least 1.
int ck_table_count(void);

/// The kernels of one of them, 0 being what every machine of this kind has.
const ck_table *ck_table_at(int index);

/// Mixes whole blocks of 64 bytes into the eight words of SHA-256's state, as FIPS 180-4 has it: with the
/// processor's SHA instructions where it has them.
void ck_sha256(size_t blocks, const uint8_t *bytes, uint32_t *state);

/// The same without those instructions.
void ck_sha256_plain(size_t blocks, const uint8_t *bytes, uint32_t *state);

#pragma clang assume_nonnull end
