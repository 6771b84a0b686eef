#pragma once
// The district's own officers: who they are stands in the root's statement, their keys lie in officers/ of the store
// folder, each opened by its owner's passphrase alone (D18, D19).

#include "hub/publisher.hpp"
#include "sync/program/key_file.hpp"

#include <filesystem>

namespace cunzheng::hub {

// An officer by id (or the first digits of it, at least 8) or by name. not_found; bad input if several fit.
Result<domain::OfficerId> find_officer(const registers::FactBook& facts, const std::string& id_or_name,
                                       const std::string& field);

// Opens an officer's key with the passphrase in that file. Takes half a second: on the slow worker.
Result<Signatory> open_signatory(const std::filesystem::path& store_folder, const domain::OfficerId& officer,
                                 const std::filesystem::path& passphrase_file);

// A new officer's key and the root's, opened; what is left is to be said to everybody. Slow worker.
struct NewOfficer {
  std::string name;
  program::OfficerFile file;  // already in officers/
  crypto::KeyPair root;
};
struct NewOfficerOrder {
  std::string name;
  std::filesystem::path passphrase_file;
  std::filesystem::path root_key;
  std::filesystem::path root_passphrase_file;
  program::SlotCost slot_cost;
};
// The key is made of `seed`; `random` is for the keyslot.
Result<NewOfficer> make_officer(const std::filesystem::path& store_folder, const NewOfficerOrder& order,
                                const crypto::Wiped<32>& seed, const crypto::PublicKey& root, Random& random);

// The root's offline key file, opened. refused: wrong passphrase, or the key of another district.
Result<crypto::KeyPair> open_root(const std::filesystem::path& file, const std::filesystem::path& passphrase_file,
                                  const crypto::PublicKey& root);

// One line, and nobody's name yet: people name officers by it.
Status check_officer_name(const journal::HubStatement& statement, const std::string& name);
// The statement that follows: the same with one officer more. What check_officer_name() refuses.
Result<journal::HubStatement> with_officer(journal::HubStatement statement, const journal::CertifiedOfficer& officer,
                                           Instant now);
journal::HubCertified certify(const journal::HubStatement& statement, const crypto::SecretKey& root);

inline constexpr std::int64_t statement_valid_ms =
    10LL * 366 * 24 * 3600 * 1000;  // ten years, said anew with each change

}  // namespace cunzheng::hub
