#include "hub/setup.hpp"

#include "hub/officers.hpp"
#include "sync/program/files.hpp"
#include "sync/store/leveldb_store.hpp"

namespace cunzheng::hub {
namespace {

constexpr const char* hub_file_name = "hub";
constexpr std::uint16_t hub_file_format = 1;
constexpr std::size_t hub_file_bytes_max = 64U << 10;

struct HubFile {
  std::uint16_t format = hub_file_format;
  std::string district_name;
  std::string host;
  sync::HubId hub_id{};
  crypto::PublicKey root;
  Bytes signing_seed;  // sealed
  std::string tls_certificate;
  Bytes tls_key;            // sealed
  std::string machine_key;  // where init put it; empty: beside the folder, wherever that lies now

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(format), CEREAL_NVP(district_name), CEREAL_NVP(host), CEREAL_NVP(hub_id), CEREAL_NVP(root),
            CEREAL_NVP(signing_seed), CEREAL_NVP(tls_certificate), CEREAL_NVP(tls_key), CEREAL_NVP(machine_key));
  }
};

// Where a sealed secret belongs: to this hub and this use.
Bytes place_of(const sync::HubId& hub_id, std::string_view use) {
  auto place = bytes_of(view_of(use));
  append(place, hub_id);
  return place;
}

crypto::SymmetricKey identity_key(const crypto::SymmetricKey& machine) {
  return crypto::derive(machine, "hub-identity");
}

HubFile seal_identity(const Identity& identity, const crypto::SymmetricKey& machine, Random& random) {
  const auto key = identity_key(machine);
  HubFile file{hub_file_format,
               identity.district_name,
               identity.host,
               identity.hub_id,
               identity.root,
               {},
               identity.tls.certificate_pem,
               {},
               {}};
  const auto seed = identity.keys.secret.seed();
  file.signing_seed = crypto::seal(key, seed.bytes(), place_of(identity.hub_id, "signing"), random);
  file.tls_key = crypto::seal(key, view_of(identity.tls.key_pem), place_of(identity.hub_id, "tls"), random);
  return file;
}

Status must_not_exist(const std::filesystem::path& path, const std::string& field) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return {};
  return fail(FailureCode::conflict,
              {"已经存在，不会覆盖：" + path.string(), "exists and is not replaced: " + path.string()}, field);
}

Result<crypto::KeyPair> make_root(const InitOptions& options, Random& random) {
  TRY(const auto passphrase, program::Passphrase::from_file(options.root_passphrase_file));
  auto keys = crypto::make_key_pair(random);
  TRY(auto slot, program::make_own_slot(options.district_name, passphrase, keys.secret.seed(), random));
  CHECK(program::write_officer_file(options.root_key, {keys.public_key, std::move(slot)}));
  return keys;
}

}  // namespace

std::filesystem::path machine_key_beside(const std::filesystem::path& store) {
  auto folder = store.lexically_normal();
  if (folder.filename().empty()) folder = folder.parent_path();  // "hub/"
  folder += ".machine-key";
  return folder;
}

std::vector<journal::Range> first_words(const Identity& identity, const crypto::SecretKey& root, Instant now,
                                        Random& random) {
  const auto opened = [&](journal::JournalKind kind) {
    journal::JournalOpened opening;
    opening.journal_kind = kind;
    opening.key = identity.keys.public_key;
    opening.epoch = 1;
    opening.nonce = draw<16>(random);
    return journal::Writer::open(opening, crypto::key_pair_from_seed(identity.keys.secret.seed()),
                                 {{now, ClockConfidence::plausible, 0}, {}, {}}, random);
  };
  journal::HubStatement statement;
  statement.district_name = identity.district_name;
  statement.hub_key = identity.keys.public_key;
  statement.tls_pins = {identity.tls.pin};
  statement.from = now;
  statement.to = now + statement_valid_ms;

  auto district = opened(journal::JournalKind::district);
  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(certify(statement, root), {}, {}, random));
  const journal::WriterContext context{{now, ClockConfidence::plausible, 0}, {1, 0}, {}};
  std::vector<journal::Range> ranges{district.range, district.writer.write(std::move(drafts), context)};
  ranges.push_back(opened(journal::JournalKind::office).range);
  return ranges;
}

Result<Identity> init(const InitOptions& options, const Clock& clock, Random& random) {
  const auto machine_key = options.machine_key.empty() ? machine_key_beside(options.store) : options.machine_key;
  if (trimmed(options.district_name).empty() || code_points(options.district_name) > 40 ||
      has_control_characters(options.district_name)) {
    return fail(FailureCode::bad_input, {"请填写区县名称，最多40个字", "name the district, at most 40 characters"},
                "district");
  }
  CHECK(must_not_exist(options.store / hub_file_name, "store"));
  CHECK(must_not_exist(options.root_key, "root_key"));
  CHECK(must_not_exist(machine_key, "machine_key"));
  const auto now = clock.now();
  TRY(auto tls, link::make_tls_identity(options.host, now));
  TRY(const auto root, make_root(options, random));
  CHECK(program::make_private_folder(options.store));
  TRY(const auto machine, program::create_machine_key(machine_key, random));

  Identity identity{options.district_name,
                    options.host,
                    draw<16>(random),
                    root.public_key,
                    crypto::make_key_pair(random),
                    std::move(tls),
                    crypto::derive(machine, "store"),
                    crypto::derive(machine, "persons")};
  {
    TRY(const auto store, store::create_leveldb_store({options.store, &random, nullptr}, identity.store_key));
    const auto ranges = first_words(identity, root.secret, now, random);
    CHECK(store->append(ranges));
  }
  // Last: a folder without this file is no hub.
  auto file = seal_identity(identity, machine, random);
  file.machine_key = options.machine_key.string();
  CHECK(program::write_file(options.store / hub_file_name, codec::encode(file)));
  return identity;
}

Result<Identity> read_identity(const std::filesystem::path& store, const std::filesystem::path& machine_key) {
  auto bytes = program::read_file(store / hub_file_name, hub_file_bytes_max);
  if (!bytes && bytes.error().code == FailureCode::not_found) {
    return fail(FailureCode::not_found,
                {"这个文件夹里没有中心，请先运行 init：" + store.string(),
                 "there is no hub in this folder, run init first: " + store.string()},
                "store");
  }
  if (!bytes) return tl::make_unexpected(bytes.error());
  TRY(auto file, codec::decode<HubFile>(*bytes));
  if (file.format != hub_file_format) {
    return fail(FailureCode::unreadable,
                {"hub文件是另一版本的程序写的", "the file `hub` is of another version of this program"});
  }
  const auto kept = file.machine_key.empty() ? machine_key_beside(store) : std::filesystem::path(file.machine_key);
  const auto at = machine_key.empty() ? kept : machine_key;
  auto machine = program::read_machine_key(at);
  if (!machine) {
    return tl::make_unexpected(during({"读取机器密钥", "reading the machine key"}, std::move(machine).error()));
  }
  const auto key = identity_key(*machine);
  const auto seed = crypto::open_secret(key, file.signing_seed, place_of(file.hub_id, "signing"));
  const auto tls_key = crypto::open(key, file.tls_key, place_of(file.hub_id, "tls"));
  if (!seed || !tls_key) {
    return fail(FailureCode::unreadable,
                {"机器密钥与这个存储不配套：" + at.string(), "this machine key is not of this store: " + at.string()},
                "machine_key");
  }
  TRY(auto tls, link::load_tls_identity(std::string(text_of(*tls_key)), std::move(file.tls_certificate)));
  return Identity{std::move(file.district_name),
                  std::move(file.host),
                  file.hub_id,
                  file.root,
                  crypto::key_pair_from_seed(*seed),
                  std::move(tls),
                  crypto::derive(*machine, "store"),
                  crypto::derive(*machine, "persons")};
}

}  // namespace cunzheng::hub
