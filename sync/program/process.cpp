#include "sync/program/process.hpp"

#include "shared/crypto/wipe.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <ios>

namespace cunzheng::program {

void guard_process() {
  std::ios::sync_with_stdio(false);
  ::umask(077);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  crypto::start();
}

}  // namespace cunzheng::program
