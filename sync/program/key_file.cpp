#include "sync/program/key_file.hpp"

#include "shared/codec/archive.hpp"
#include "shared/registers/trust.hpp"
#include "sync/program/files.hpp"

#include <algorithm>
#include <chrono>

namespace cunzheng::program {
namespace {

constexpr std::size_t key_file_bytes_max = 256U << 10;
constexpr std::uint16_t format_now = 1;  // stands before the content, so that a newer file is named as such
constexpr int calibration_rounds = 3;

template <class T>
Bytes with_format(const T& value) {
  ByteArray<2> format;
  put_le(format, format_now);
  auto out = bytes_of(format);
  append(out, codec::encode(value));
  return out;
}

template <class T>
Result<T> read_formatted(const std::filesystem::path& file) {
  TRY(const auto bytes, read_file(file, key_file_bytes_max));
  if (bytes.size() < 2 || get_le<std::uint16_t>(bytes) != format_now) {
    return fail(FailureCode::unreadable,
                {"密钥文件不是本版本的格式：" + file.string(), "a key file of another version: " + file.string()});
  }
  auto value = codec::decode<T>(ByteView(bytes).subspan(2));
  if (!value) {
    return tl::make_unexpected(
        during({"密钥文件损坏，请用备份恢复：" + file.string(), "damaged key file, restore it: " + file.string()},
               std::move(value).error()));
  }
  return value;
}

Bytes place_of(const std::string& name) { return bytes_of(view_of("store-secret/" + name)); }

std::filesystem::path officer_path(const std::filesystem::path& folder, const domain::OfficerId& officer) {
  return folder / officer_folder_name / to_hex(officer.value());
}

}  // namespace

Result<crypto::KeySlot> make_own_slot(std::string label, const Passphrase& passphrase, const crypto::Wiped<32>& secret,
                                      Random& random, const SlotCost& wanted) {
  CHECK(crypto::check_passphrase(passphrase.text()));
  if (wanted) return crypto::make_slot(std::move(label), passphrase.text(), secret, *wanted, random);
  auto cost = crypto::Argon2Cost::floor();
  for (int round = 1;; ++round) {
    const auto from = std::chrono::steady_clock::now();
    auto slot = crypto::make_slot(label, passphrase.text(), secret, cost, random);
    if (!slot || round == calibration_rounds) return slot;
    const auto took = std::chrono::steady_clock::now() - from;
    const auto better = crypto::next_cost(cost, std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    if (better == cost) return slot;
    cost = better;
  }
}

Result<KeyFile> read_key_file(const std::filesystem::path& folder) {
  return read_formatted<KeyFile>(folder / key_file_name);
}

Status write_key_file(const std::filesystem::path& folder, const KeyFile& keys) {
  return write_file(folder / key_file_name, with_format(keys));
}

Result<crypto::SymmetricKey> unlock(const KeyFile& keys, const Passphrase& passphrase) {
  for (const auto& slot : keys.slots) {
    auto secret = crypto::open_slot(slot, passphrase.text());
    if (secret) return crypto::SymmetricKey(*std::move(secret));
    if (secret.error().code != FailureCode::refused) return tl::make_unexpected(std::move(secret).error());
  }
  return fail(FailureCode::refused,
              {"口令不正确，请检查大小写和输入法后重试",
               "wrong passphrase: check upper and lower case and the input method, then try again"},
              "passphrase");
}

void keep_secret(KeyFile& keys, const std::string& name, const crypto::Wiped<32>& secret,
                 const crypto::SymmetricKey& data_key, Random& random) {
  keys.secrets[name] = crypto::seal(data_key, secret.bytes(), place_of(name), random);
}

Result<crypto::Wiped<32>> secret_of(const KeyFile& keys, const std::string& name,
                                    const crypto::SymmetricKey& data_key) {
  const auto found = keys.secrets.find(name);
  if (found == keys.secrets.end()) {
    return fail(FailureCode::not_found, {"密钥文件中没有“" + name + "”", "no '" + name + "' in the key file"});
  }
  return crypto::open_secret(data_key, found->second, place_of(name));
}

domain::OfficerId officer_id(const crypto::PublicKey& key) { return registers::officer_id(key); }

Status write_officer_file(const std::filesystem::path& file, const OfficerFile& officer) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    return fail(FailureCode::conflict, {"密钥文件已经存在，不会覆盖：" + file.string(),
                                        "the key file exists and is not replaced: " + file.string()});
  }
  return write_file(file, with_format(officer));
}

Result<OfficerFile> read_officer_file(const std::filesystem::path& file) { return read_formatted<OfficerFile>(file); }

Status write_officer(const std::filesystem::path& folder, const OfficerFile& officer) {
  CHECK(make_private_folder(folder / officer_folder_name));
  return write_officer_file(officer_path(folder, officer_id(officer.key)), officer);
}

Result<OfficerFile> read_officer(const std::filesystem::path& folder, const domain::OfficerId& officer) {
  auto file = read_officer_file(officer_path(folder, officer));
  if (!file && file.error().code == FailureCode::not_found) {
    const auto id = to_hex(officer.value());
    return fail(FailureCode::not_found,
                {"本机没有这名人员的密钥：" + id, "no key of this officer on this machine: " + id});
  }
  return file;
}

Result<std::vector<domain::OfficerId>> officers_in(const std::filesystem::path& folder) {
  std::vector<domain::OfficerId> out;
  std::error_code error;
  for (std::filesystem::directory_iterator each(folder / officer_folder_name, error), end; !error && each != end;
       each.increment(error)) {
    if (const auto id = array_from_hex<16>(each->path().filename().string())) out.emplace_back(*id);
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return fail(FailureCode::unreadable, {"读不了人员密钥文件夹", "cannot read the folder of officers' keys"});
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<crypto::KeyPair> open_officer(const OfficerFile& officer, const Passphrase& passphrase) {
  TRY(const auto seed, crypto::open_slot(officer.slot, passphrase.text()));
  auto pair = crypto::key_pair_from_seed(seed);
  if (pair.public_key != officer.key) {
    return fail(FailureCode::unreadable, {"人员密钥文件被改动过", "the officer's key file was tampered with"});
  }
  return pair;
}

Result<crypto::SymmetricKey> create_machine_key(const std::filesystem::path& file, Random& random) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    return fail(FailureCode::conflict, {"密钥文件已经存在，不会覆盖：" + file.string(),
                                        "the key file exists and is not replaced: " + file.string()});
  }
  auto key = crypto::SymmetricKey::draw(random);
  CHECK(write_file(file, key.bytes()));
  return key;
}

Result<crypto::SymmetricKey> read_machine_key(const std::filesystem::path& file) {
  CHECK(check_private(file));
  TRY(auto bytes, read_file(file, 64));
  if (bytes.size() != 32) {
    return fail(FailureCode::unreadable, {"密钥文件损坏：" + file.string(), "damaged key file: " + file.string()});
  }
  crypto::Wiped<32> secret{std::span<const std::uint8_t, 32>(bytes)};
  crypto::wipe(bytes);
  return crypto::SymmetricKey(std::move(secret));
}

}  // namespace cunzheng::program
