#include "CKernels.h"

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
static const uint32_t round_constants[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotated(uint32_t x, int bits) { return x >> bits | x << (32 - bits); }

void ck_sha256_plain(size_t blocks, const uint8_t *bytes, uint32_t *state) {
  for (; blocks > 0; blocks--, bytes += 64) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++) {
      const uint8_t *word = bytes + 4 * i;
      w[i] = (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
    }
    for (int i = 16; i < 64; i++) {
      uint32_t x = w[i - 15], y = w[i - 2];
      uint32_t low = rotated(x, 7) ^ rotated(x, 18) ^ x >> 3;
      uint32_t high = rotated(y, 17) ^ rotated(y, 19) ^ y >> 10;
      w[i] = w[i - 16] + low + w[i - 7] + high;
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
      uint32_t high = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      uint32_t sum = h + high + (g ^ (e & (f ^ g))) + round_constants[i] + w[i];
      uint32_t low = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      uint32_t majority = (a & b) | (c & (a | b));
      h = g, g = f, f = e, e = d + sum;
      d = c, c = b, b = a, a = sum + low + majority;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
  }
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

/// The instructions take the state as (a, b, e, f) and (c, d, g, h), the first in the highest lane.
__attribute__((target("sha,sse4.1")))
static void with_instructions(size_t blocks, const uint8_t *bytes, uint32_t *state) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i dcba = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0x1B);
  __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
  __m128i abef = _mm_unpackhi_epi64(hgfe, dcba), cdgh = _mm_unpacklo_epi64(hgfe, dcba);
  for (; blocks > 0; blocks--, bytes += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; i++)
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes + i), big_endian);
    // Unrolled, so that the words stay in registers.
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      __m128i *now = w + i % 4;
      const __m128i constants = _mm_loadu_si128((const __m128i *)(round_constants + 4 * i));
      if (i >= 4) {
        // Words 4 i to 4 i + 3 from the last 16, in whose place they go.
        const __m128i last = w[(i + 3) % 4];
        const __m128i seventh = _mm_alignr_epi8(last, w[(i + 2) % 4], 4);
        const __m128i sums = _mm_add_epi32(_mm_sha256msg1_epu32(*now, w[(i + 1) % 4]), seventh);
        *now = _mm_sha256msg2_epu32(sums, last);
      }
      // Two rounds an instruction, with the words in the lower half.
      const __m128i words = _mm_add_epi32(*now, constants);
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, words);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(words, 0x0E));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1B), hgdc = _mm_shuffle_epi32(cdgh, 0x1B);
  _mm_storeu_si128((__m128i *)state, _mm_unpacklo_epi64(feba, hgdc));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_unpackhi_epi64(feba, hgdc));
}

static int has_instructions(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1)) return 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

#elif defined(__ARM_FEATURE_SHA2)
#include <arm_neon.h>

static void with_instructions(size_t blocks, const uint8_t *bytes, uint32_t *state) {
  uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
  for (; blocks > 0; blocks--, bytes += 64) {
    const uint32x4_t abcd_before = abcd, efgh_before = efgh;
    uint32x4_t w[4];
    for (int i = 0; i < 4; i++)
      w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + 16 * i)));
    // Unrolled, so that the words stay in registers.
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      uint32x4_t *now = w + i % 4;
      if (i >= 4)
        *now = vsha256su1q_u32(
            vsha256su0q_u32(*now, w[(i + 1) % 4]), w[(i + 2) % 4], w[(i + 3) % 4]);
      const uint32x4_t words = vaddq_u32(*now, vld1q_u32(round_constants + 4 * i));
      const uint32x4_t abcd_now = abcd;
      abcd = vsha256hq_u32(abcd, efgh, words);
      efgh = vsha256h2q_u32(efgh, abcd_now, words);
    }
    abcd = vaddq_u32(abcd, abcd_before);
    efgh = vaddq_u32(efgh, efgh_before);
  }
  vst1q_u32(state, abcd);
  vst1q_u32(state + 4, efgh);
}

static int has_instructions(void) { return 1; }

#else
static void with_instructions(size_t blocks, const uint8_t *bytes, uint32_t *state) {
  ck_sha256_plain(blocks, bytes, state);
}

static int has_instructions(void) { return 0; }
#endif

static void (*best)(size_t, const uint8_t *, uint32_t *) = ck_sha256_plain;

__attribute__((constructor)) static void choose(void) {
  if (has_instructions()) best = with_instructions;
}

void ck_sha256(size_t blocks, const uint8_t *bytes, uint32_t *state) { best(blocks, bytes, state); }
