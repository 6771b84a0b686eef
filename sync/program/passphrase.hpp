#pragma once
// A passphrase on its way from a file to a keyslot. Never taken from the command line, where other people of the
// machine can read it; never logged; overwritten when it is let go.

#include "shared/base/result.hpp"
#include "shared/crypto/wipe.hpp"

#include <filesystem>
#include <string_view>

namespace cunzheng::program {

// Move only.
class Passphrase {
 public:
  // The first line of the file, without its line end. not_found; bad_input in field "passphrase": empty or too long.
  // Whether it is a good one is asked when a slot is made (crypto::check_passphrase).
  static Result<Passphrase> from_file(const std::filesystem::path& file);
  static Result<Passphrase> from_text(std::string_view text);

  // Valid as long as this holder.
  std::string_view text() const { return {reinterpret_cast<const char*>(held_.bytes().data()), size_}; }

 private:
  static constexpr std::size_t bytes_max = 1024;
  Passphrase() = default;
  crypto::Wiped<bytes_max> held_;
  std::size_t size_ = 0;
};

}  // namespace cunzheng::program
