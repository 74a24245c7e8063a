#define _GNU_SOURCE
#include "CFiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#endif

int cf_exchange(const char *first, const char *second) {
#if defined(__linux__) && defined(SYS_renameat2)
  const unsigned exchange = 1 << 1;  // RENAME_EXCHANGE
  return syscall(SYS_renameat2, AT_FDCWD, first, AT_FDCWD, second, exchange) == 0 ? 0 : errno;
#elif defined(__APPLE__)
  return renamex_np(first, second, RENAME_SWAP) == 0 ? 0 : errno;
#else
  return ENOSYS;
#endif
}

int cf_is_in_memory(int descriptor) {
#if defined(__linux__)
  const long tmpfs = 0x01021994, ramfs = 0x858458F6;  // as in <linux/magic.h>
  struct statfs status;
  if (fstatfs(descriptor, &status) != 0) return 0;
  return status.f_type == tmpfs || status.f_type == ramfs;
#else
  (void)descriptor;
  return 0;
#endif
}
