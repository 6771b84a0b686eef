#include "sync/program/passphrase.hpp"

#include "sync/program/files.hpp"

namespace cunzheng::program {

Result<Passphrase> Passphrase::from_file(const std::filesystem::path& file) {
  TRY(auto bytes, read_file(file, 64U << 10));
  auto line = text_of(bytes);
  line = line.substr(0, line.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  auto passphrase = from_text(line);
  crypto::wipe(bytes);
  return passphrase;
}

Result<Passphrase> Passphrase::from_text(std::string_view text) {
  if (text.empty()) {
    return fail(FailureCode::bad_input, {"口令是空的", "the passphrase is empty"}, "passphrase");
  }
  if (text.size() > bytes_max) {
    return fail(FailureCode::bad_input, {"口令过长", "the passphrase is too long"}, "passphrase");
  }
  Passphrase out;
  std::copy(text.begin(), text.end(), out.held_.bytes().begin());
  out.size_ = text.size();
  return out;
}

}  // namespace cunzheng::program
