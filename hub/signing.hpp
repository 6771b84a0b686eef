#pragma once
// Officers who sign a command: `--officer1 ID|name --officer1-passphrase-file FILE`, then officer2, officer3.

#include "hub/commands.hpp"

namespace cunzheng::hub {

inline constexpr int signatories_max = 3;

struct Signing {
  std::vector<domain::OfficerId> officers;  // at least one
  std::vector<std::filesystem::path> passphrase_files;
};

// Who is to sign. How many must is the publisher's question.
Result<Signing> signing_from(const Workplace& at, const program::json::object& arguments);
// The arguments without those of signing, so that the rest can be checked by name.
program::json::object without_signing(program::json::object arguments);

// Opens the keys on the slow worker, then goes on with them on the loop; or answers `done` with why not.
void with_signatories(Workplace& at, const Signing& signing, const program::Done& done,
                      std::function<void(CreditDesk::Signatories)> next);

// The options of a command that up to `officers` sign.
std::vector<program::OptionSpec> signed_options(std::vector<program::OptionSpec> options, int officers);

}  // namespace cunzheng::hub
