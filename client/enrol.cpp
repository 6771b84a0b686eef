#include "client/enrol.hpp"

#include "sync/link/enroller.hpp"
#include "sync/program/files.hpp"
#include "sync/store/leveldb_store.hpp"

namespace cunzheng::client {
namespace {

constexpr std::int64_t enrol_ms_max = 90'000;
constexpr std::int64_t first_sync_ms_max = 600'000;

// The keys that are there, or new ones that are not on the disk yet.
struct Keys {
  program::KeyFile file;
  crypto::SymmetricKey data_key;
  std::optional<Enrolment> before;  // of a folder that was enrolled already
};

Result<Keys> keys_for(const EnrolOptions& options, const program::Passphrase& passphrase, Random& random) {
  if (is_enrolled(options.folder)) {
    TRY(auto file, program::read_key_file(options.folder));
    TRY(auto data_key, program::unlock(file, passphrase));
    TRY(auto before, read_enrolment(options.folder, data_key));
    return Keys{std::move(file), std::move(data_key), std::move(before)};
  }
  auto data_key = crypto::SymmetricKey::draw(random);
  program::KeyFile file;
  TRY(auto slot, program::make_own_slot("store", passphrase, data_key.secret(), random));
  file.slots.push_back(std::move(slot));
  return Keys{std::move(file), std::move(data_key), std::nullopt};
}

// What an enrolment that was cut short left behind holds nothing that anybody was told; it is moved aside, not deleted.
Status move_unfinished_aside(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder / "db", error)) return {};
  for (int number = 1; number < 1000; ++number) {
    const auto aside = folder / ("unfinished-" + std::to_string(number));
    if (std::filesystem::exists(aside, error)) continue;
    CHECK(program::make_private_folder(aside));
    for (const char* name : {"db", "commit.mark", "rows", "keys", "state"}) {
      if (std::filesystem::exists(folder / name, error)) std::filesystem::rename(folder / name, aside / name, error);
      if (error) break;
    }
    if (!error) return {};
    break;
  }
  return fail(FailureCode::unavailable, {"数据夹里有未完成的登记，移不开，请换一个空文件夹",
                                         "an unfinished enrolment cannot be moved aside: use an empty folder"});
}

// What was typed.
struct Slip {
  link::HubAddress hub;
  sync::EnrolmentCode code;
};

Result<link::Enrolled> ask_hub(const Slip& slip, const std::string& label, const std::string& body,
                               const crypto::KeyPair& device, const Surroundings& around) {
  const auto sign = [&device](ByteView statement) {
    return crypto::sign(device.secret, sync::possession_name, statement);
  };
  link::EnrollerOptions request{slip.hub,       slip.code, {device.public_key, label, body, {}}, sign, {},
                                &around.random, {}};
  std::optional<Result<link::Enrolled>> outcome;
  const link::Enroller enroller(around.loop, std::move(request),
                                [&outcome](Result<link::Enrolled> result) { outcome = std::move(result); });
  if (!around.loop.run_until([&] { return outcome.has_value(); }, around.loop.now() + enrol_ms_max)) {
    return fail(FailureCode::unavailable, {"区中心没有回答，请检查地址和网络后再试（登记码仍可用）",
                                           "the hub did not answer: check address and network and try again"});
  }
  return *std::move(outcome);
}

bool first_sync(App& app, const Surroundings& around) {
  std::optional<Status> outcome;
  app.agent().exchange([&outcome](Status status) { outcome = std::move(status); });
  around.loop.run_until([&] { return outcome.has_value(); }, around.loop.now() + first_sync_ms_max);
  if (outcome && !*outcome)
    around.log.warning("first_sync_failed", {{"code", static_cast<int>(outcome->error().code)}});
  return outcome && outcome->has_value();
}

Reply enrolled_reply(const App& app, const Enrolment& enrolment, bool is_synced) {
  const auto revision = app.books().facts().newest_revision(journal::DataKind::catalogue);
  const auto& grant = enrolment.grant;
  std::vector<Text> lines{{"登记成功：" + grant.body + "，编号系列 " + grant.series,
                           "Enrolled: " + grant.body + ", series " + grant.series}};
  if (is_synced) {
    lines.push_back({"清单第" + std::to_string(revision) + "版已到本机",
                     "Catalogue revision " + std::to_string(revision) + " is here"});
  } else {
    lines.push_back({"还没有收到区里的数据，请运行 sync", "the district's data are not here yet: run sync"});
  }
  Reply reply;
  reply.data = {{"enrolled", true},
                {"body", grant.body},
                {"series", grant.series},
                {"label", grant.label},
                {"device_key", to_hex(enrolment.device_key.value())},
                {"root", to_hex(grant.root.value())},
                {"catalogue_revision", revision},
                {"first_sync", is_synced}};
  reply.human = program::joined(lines);
  return reply;
}

}  // namespace

Status open_journal(store::EntryStore& entries, const Enrolment& enrolment, const std::optional<Enrolment>& before,
                    crypto::KeyPair device, const Surroundings& around) {
  journal::JournalOpened opening;
  opening.journal_kind = journal::JournalKind::device;
  opening.body = enrolment.grant.body;
  opening.key = device.public_key;
  opening.series = enrolment.grant.series;
  opening.nonce = draw<16>(around.random);
  if (before) {
    opening.predecessor = device_journal_in(entries, before->device_key);
  }
  const journal::WriterContext context{claim_of(around.clock.now(), {}), {}, {}};
  auto opened = journal::Writer::open(opening, std::move(device), context, around.random);
  const std::vector<journal::Range> ranges{std::move(opened.range)};
  CHECK(entries.append(ranges));
  return {};
}

Result<Reply> enrol(const EnrolOptions& options, const program::Passphrase& passphrase, const Surroundings& around) {
  TRY(const auto address, link::parse_hub_address(options.hub));
  TRY(const auto code, sync::EnrolmentCode::parse(options.code));
  CHECK(program::make_private_folder(options.folder));
  TRY(auto keys, keys_for(options, passphrase, around.random));
  store::StoreOptions store_options;
  store_options.folder = options.folder;
  store_options.random = &around.random;
  std::unique_ptr<store::EntryStore> entries;
  if (keys.before) {  // first of all: nobody else may have it open
    TRY(entries, store::open_leveldb_store(store_options, keys.data_key));
  }

  crypto::Wiped<32> seed;
  around.random.fill(seed.bytes());
  const auto device = crypto::key_pair_from_seed(seed);
  const auto body = keys.before ? keys.before->grant.body : options.body;
  TRY(const auto enrolled, ask_hub({address, code}, options.label, body, device, around));
  Enrolment enrolment;
  enrolment.hub = link::to_text(address);
  enrolment.hub_id = enrolled.hub_id;
  enrolment.hub_pin = enrolled.hub_pin;
  TRY(enrolment.grant, codec::decode<program::Grant>(enrolled.grant));
  enrolment.device_key = device.public_key;
  CHECK(statement_of(enrolment.grant));
  if (keys.before && keys.before->grant.root != enrolment.grant.root) {
    return fail(FailureCode::refused, {"这是另一个区的中心，不能接续本机的数据，请换一个空文件夹",
                                       "another district's hub: this store cannot go on with it, use an empty folder"});
  }

  // The enrolment file comes last: only with it is the folder an enrolled one.
  if (!keys.before) CHECK(move_unfinished_aside(options.folder));
  keys.file.label = enrolment.grant.body + " " + enrolment.grant.series;
  program::keep_secret(keys.file, device_secret_name(device.public_key), seed, keys.data_key, around.random);
  CHECK(program::write_key_file(options.folder, keys.file));
  if (!entries) {
    TRY(entries, store::create_leveldb_store(store_options, keys.data_key));
  }
  CHECK(open_journal(*entries, enrolment, keys.before, crypto::key_pair_from_seed(seed), around));
  CHECK(write_enrolment(options.folder, enrolment, keys.data_key, around.random));

  OpenedStore opened{options.folder, enrolment, std::move(keys.data_key), crypto::key_pair_from_seed(seed),
                     std::move(entries)};
  TRY(const auto app, App::open(std::move(opened), around));
  const bool is_synced = first_sync(*app, around);
  return enrolled_reply(*app, enrolment, is_synced);
}

}  // namespace cunzheng::client
