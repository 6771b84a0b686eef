#pragma once
// `cunzheng repair`: the laptop's store made anew when it does not open.

#include "client/app.hpp"

namespace cunzheng::client {

// Blocks; no program may have the folder open. When entries of the own journal may be lost, the laptop writes nothing
// more until it is enrolled again: a number that stands on a sheet of paper must not be given twice (D09).
Result<Reply> repair(const std::filesystem::path& folder, const program::Passphrase& passphrase,
                     const Surroundings& around);

}  // namespace cunzheng::client
