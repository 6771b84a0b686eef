#pragma once
// Keys at rest. A store folder has a file `keys`: the store's data key in one keyslot for each passphrase, and the
// secrets that are sealed with the data key. Each officer has a file of their own in `officers/`. The hub's data key
// lies in a machine key file outside the store, so that the service starts without a person.
// Opening and making slots takes about a second by intent: on the slow worker, not on the loop.

#include "shared/crypto/signer.hpp"
#include "shared/crypto/vault.hpp"
#include "shared/domain/ids.hpp"
#include "sync/program/passphrase.hpp"

#include <cereal/cereal.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cunzheng::program {

inline constexpr const char* key_file_name = "keys";
inline constexpr const char* officer_folder_name = "officers";

// What a slot is to cost. None: what suits this machine (crypto::next_cost, at most three rounds).
using SlotCost = std::optional<crypto::Argon2Cost>;

// bad_input in field "passphrase" for a weak one.
Result<crypto::KeySlot> make_own_slot(std::string label, const Passphrase& passphrase, const crypto::Wiped<32>& secret,
                                      Random& random, const SlotCost& wanted = std::nullopt);

// ---- a store's keys

struct KeyFile {
  std::string label;  // of the store, for people before they unlock it; no personal data
  std::vector<crypto::KeySlot> slots;
  std::map<std::string, Bytes> secrets;  // by name: 32 bytes sealed with the data key

  bool operator==(const KeyFile&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(label), CEREAL_NVP(slots), CEREAL_NVP(secrets));
  }
};

Result<KeyFile> read_key_file(const std::filesystem::path& folder);
Status write_key_file(const std::filesystem::path& folder, const KeyFile& keys);  // write_file()

// The data key by whichever slot the passphrase opens. refused: by none.
Result<crypto::SymmetricKey> unlock(const KeyFile& keys, const Passphrase& passphrase);

void keep_secret(KeyFile& keys, const std::string& name, const crypto::Wiped<32>& secret,
                 const crypto::SymmetricKey& data_key, Random& random);
// not_found: no secret of that name.
Result<crypto::Wiped<32>> secret_of(const KeyFile& keys, const std::string& name, const crypto::SymmetricKey& data_key);

// ---- officers

// An officer's signing key, which nothing but the officer's own passphrase opens. Names are in the journals.
struct OfficerFile {
  crypto::PublicKey key;
  crypto::KeySlot slot;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(key), CEREAL_NVP(slot));
  }
};

domain::OfficerId officer_id(const crypto::PublicKey& key);

// conflict: that officer has a file already.
Status write_officer(const std::filesystem::path& folder, const OfficerFile& officer);
// not_found: no key of that officer on this machine.
Result<OfficerFile> read_officer(const std::filesystem::path& folder, const domain::OfficerId& officer);
// The same at a path of its own: the district's root key.
Status write_officer_file(const std::filesystem::path& file, const OfficerFile& officer);
Result<OfficerFile> read_officer_file(const std::filesystem::path& file);
Result<std::vector<domain::OfficerId>> officers_in(const std::filesystem::path& folder);

// refused: wrong passphrase. unreadable: the key in the slot is not the one the file names.
Result<crypto::KeyPair> open_officer(const OfficerFile& officer, const Passphrase& passphrase);

// ---- a machine's key

// Draws a key and writes it (0600). conflict if there is a file already: a key that is lost is a store that is lost.
Result<crypto::SymmetricKey> create_machine_key(const std::filesystem::path& file, Random& random);
// refused if others than the owner may read the file.
Result<crypto::SymmetricKey> read_machine_key(const std::filesystem::path& file);

}  // namespace cunzheng::program
