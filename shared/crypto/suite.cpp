#include "shared/crypto/suite.hpp"

namespace cunzheng::crypto {

Status check_suite(std::uint8_t suite) {
  if (suite == static_cast<std::uint8_t>(Suite::sha256_ed25519)) return {};
  const auto number = std::to_string(suite);
  return fail(FailureCode::bad_input,
              {"不支持算法套件" + number + "，目前只接受套件1",
               "algorithm suite " + number + " is not supported; only suite 1 is accepted"},
              "suite");
}

}  // namespace cunzheng::crypto
