// BLAS and LAPACK, whichever the system has: on macOS its Accelerate, under the same names. Declared here
// because not every installation has a C header, and because those that there are differ.
#include <stddef.h>

// C's calling convention.

/// scale · A B + result_scale · C, either factor transposed, in rows (101) or columns first. Factors are plain
/// (111) or transposed (112); strides count from one row, or column, to the next.
void cblas_sgemm(int order, int transposes_a, int transposes_b, int rows, int columns, int depth,
                 float scale, const float *a, int a_stride, const float *b, int b_stride,
                 float result_scale, float *result, int result_stride);

// Fortran's calling convention: everything by address, columns first, and at the end the length of every text.

/// Eigenvalues, smallest first, and eigenvectors of a symmetric matrix, by divide and conquer.
void dsyevd_(const char *job, const char *triangle, const int *n, double *a, const int *a_stride,
             double *values, double *work, const int *work_size, int *integer_work,
             const int *integer_work_size, int *status, size_t job_length, size_t triangle_length);

/// Householder QR: R and the reflections.
void dgeqrf_(const int *rows, const int *columns, double *a, const int *a_stride, double *factors,
             double *work, const int *work_size, int *status);

/// The first columns of Q, from the reflections.
void dorgqr_(const int *rows, const int *columns, const int *reflections, double *a,
             const int *a_stride, const double *factors, double *work, const int *work_size,
             int *status);

/// A triangle of scale · A Aᵀ or scale · Aᵀ A.
void dsyrk_(const char *triangle, const char *transposes, const int *n, const int *depth,
            const double *scale, const double *a, const int *a_stride, const double *result_scale,
            double *result, const int *result_stride, size_t triangle_length,
            size_t transposes_length);

/// scale · A B, either of them transposed.
void dgemm_(const char *transposes_a, const char *transposes_b, const int *rows,
            const int *columns, const int *depth, const double *scale, const double *a,
            const int *a_stride, const double *b, const int *b_stride, const double *result_scale,
            double *result, const int *result_stride, size_t transposes_a_length,
            size_t transposes_b_length);
