#pragma once
// Taking a laptop into the district: a hub address and a one-time code are all that is typed. A folder that was
// enrolled before goes on in a new journal that names the old one, with a new key and a new series letter.

#include "client/app.hpp"

namespace cunzheng::client {

struct EnrolOptions {
  std::filesystem::path folder;
  std::string hub;
  std::string code;
  std::string body;   // empty: whichever the slip is for
  std::string label;  // empty: as on the slip
};

// Blocks: makes keys, enrols, opens the journal, and has the district's data brought in. The passphrase is the new
// store's, or that of the store which is there. `first_sync` in the reply is false if the link broke after the
// enrolment itself: then `sync` brings the rest.
Result<Reply> enrol(const EnrolOptions& options, const program::Passphrase& passphrase, const Surroundings& around);

// Opens the laptop's journal in the store that `enrolment` is for: a new store, or that of a folder which was enrolled
// `before`, whose journal is then named as the predecessor.
Status open_journal(store::EntryStore& entries, const Enrolment& enrolment, const std::optional<Enrolment>& before,
                    crypto::KeyPair device, const Surroundings& around);

}  // namespace cunzheng::client
