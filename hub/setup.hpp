#pragma once
// What a hub is: made once by `init`, read at every start. Three places:
//   the root key file   sealed by a passphrase, to be kept offline; certifies the hub's key and the officers
//   the machine key     0600, outside the store folder, so that a copy of the folder alone tells nothing
//   the store folder    entries, rows, officers' key files, and `hub`: the hub's own keys, sealed under the machine key

#include "shared/crypto/seal.hpp"
#include "shared/crypto/signer.hpp"
#include "shared/journal/range.hpp"
#include "sync/core/enrolment.hpp"
#include "sync/link/tls.hpp"

#include <filesystem>
#include <string>

namespace cunzheng::hub {

// Everything a running hub needs to know of itself. Move only.
struct Identity {
  std::string district_name;
  std::string host;  // name or address that slips of enrolment give; may name a port
  sync::HubId hub_id{};
  crypto::PublicKey root;
  crypto::KeyPair keys;  // signs the hub's journals
  link::TlsIdentity tls;
  crypto::SymmetricKey store_key;   // seals entries and rows
  crypto::SymmetricKey person_key;  // keys the index of persons
};

struct InitOptions {
  std::filesystem::path store;
  std::string district_name;
  std::filesystem::path root_key;
  std::filesystem::path root_passphrase_file;
  std::filesystem::path machine_key;  // empty: machine_key_beside(store)
  std::string host;
};

// <store>.machine-key: next to the folder, not in it.
std::filesystem::path machine_key_beside(const std::filesystem::path& store);

// Makes keys, root key file, machine key file and an empty store, opens `district` and `office`, and has the root
// certify the hub with no officers yet. Nothing that exists is replaced: conflict names it. Takes seconds.
Result<Identity> init(const InitOptions& options, const Clock& clock, Random& random);

// What a new hub says first: `district` with the root's statement that certifies it, and `office`. For an empty store.
std::vector<journal::Range> first_words(const Identity& identity, const crypto::SecretKey& root, Instant now,
                                        Random& random);

// not_found: no hub in that folder. unreadable, refused: another or an exposed machine key. `machine_key` empty: where
// init put it.
Result<Identity> read_identity(const std::filesystem::path& store, const std::filesystem::path& machine_key);

}  // namespace cunzheng::hub
