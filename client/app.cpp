#include "client/app.hpp"

#include "sync/store/leveldb_store.hpp"

namespace cunzheng::client {
namespace {

constexpr std::size_t loaded_at_once = 5000;

}  // namespace

Result<UnlockedFolder> unlock_folder(const std::filesystem::path& folder, const program::Passphrase& passphrase) {
  if (!is_enrolled(folder)) {
    return fail(FailureCode::not_found,
                {"这个数据夹还没有登记（enrol）：" + folder.string(),
                 "this store folder is not enrolled yet: " + folder.string()},
                "store");
  }
  TRY(const auto keys, program::read_key_file(folder));
  TRY(auto data_key, program::unlock(keys, passphrase));
  TRY(auto enrolment, read_enrolment(folder, data_key));
  TRY(const auto seed, program::secret_of(keys, device_secret_name(enrolment.device_key), data_key));
  return UnlockedFolder{std::move(enrolment), std::move(data_key), crypto::key_pair_from_seed(seed)};
}

std::optional<journal::Head> device_journal_in(store::EntryStore& entries, const crypto::PublicKey& device_key) {
  for (const auto& info : entries.journals()) {
    if (info.fork) continue;
    const auto first = entries.item({info.id, 0});
    const auto entry = first ? journal::parse_entry(first->item.entry) : tl::make_unexpected(first.error());
    if (!entry) continue;
    const auto opened = journal::read_body<journal::JournalOpened>(*entry);
    if (opened && opened->key == device_key) return info.head.head;
  }
  return std::nullopt;
}

Result<OpenedStore> open_store(const std::filesystem::path& folder, const program::Passphrase& passphrase,
                               const Surroundings& around) {
  TRY(auto unlocked, unlock_folder(folder, passphrase));
  store::OpenReport report;
  store::StoreOptions options;
  options.folder = folder;
  options.random = &around.random;
  TRY(auto entries, store::open_leveldb_store(options, unlocked.data_key, &report));
  if (report.recovered)
    around.log.warning("store_recovered", {{"kept_original", report.kept_original.filename().string()}});
  return OpenedStore{folder,
                     std::move(unlocked.enrolment),
                     std::move(unlocked.data_key),
                     std::move(unlocked.device_key),
                     std::move(entries),
                     std::move(report.damages)};
}

App::App(OpenedStore store, journal::HubStatement statement, const Surroundings& around)
    : around_(around),
      store_(std::move(store)),
      statement_(std::move(statement)),
      state_(store_.folder, store_.data_key, around_.random),
      books_(
          {store_.enrolment.grant.body, store_.enrolment.grant.root, statement_.hub_key, store_.enrolment.device_key},
          store_.data_key) {}

// Whoever still works for the others ends first.
App::~App() {
  slow_.reset();
  agent_.reset();
  store_thread_.reset();
}

Result<std::unique_ptr<App>> App::open(OpenedStore store, const Surroundings& around) {
  TRY(auto statement, statement_of(store.enrolment.grant));
  std::unique_ptr<App> app(new App(std::move(store), std::move(statement), around));
  CHECK(app->load());
  return app;
}

Status App::load() {
  CHECK(books_.open());
  for (bool is_all = false; !is_all;) {
    TRY(auto fresh, fetch(*store_.entries, books_.cursor(), loaded_at_once));
    is_all = fresh.is_all;
    TRY(const auto news, books_.take(std::move(fresh)));
    CHECK(store_.entries->erase_private(news.to_erase));
  }
  books_.lack(store::lacking_among(*store_.entries, store_.damages));
  state_.started();
  if (const auto& known = state_.state(); known.hub_clock && known.own_clock) {
    books_.compared_clocks(*known.hub_clock, *known.own_clock);
    // By the hub's clock; never later than when it last answered, whatever our own clock has been set to since.
    const auto ahead_ms = known.own_clock->ms - known.hub_clock->ms;
    if (known.in_step_at) books_.heard_all_by(std::min(*known.in_step_at + -ahead_ms, *known.hub_clock));
  }

  auto& loop = around_.loop;
  const auto post = [&loop](std::function<void()> job) { loop.post(std::move(job)); };
  store_thread_ = std::make_unique<store::StoreThread>(std::move(store_.entries), post);
  recorder_ = std::make_unique<Recorder>(loop, *store_thread_, books_, around_.log,
                                         [this](const Growth& growth) { agent_->journal_grew(growth); });
  TRY(auto pen, Pen::take(books_, *recorder_, around_.clock, std::move(store_.device_key)));
  pen_.emplace(std::move(pen));
  if (const auto own = books_.own_journal(); state_.has_alarm(sync::AlarmKind::own_journal_diverged, *own)) {
    pen_->stop({FailureCode::conflict, alarm_text(alarm_name(sync::AlarmKind::own_journal_diverged)), {}, "D09"});
  }
  if (state_.state().cut_device == store_.enrolment.device_key) {
    pen_->stop({FailureCode::conflict,
                {"这份数据修复过，本机写下的内容可能有缺失，编号不能接续：请重新登记（enrol）",
                 "this store was repaired and may lack what this laptop wrote, so its numbers must not go on: enrol "
                 "again"},
                {},
                "D09"});
  }
  TRY(agent_, SyncAgent::make({loop, *store_thread_, books_, *recorder_, *pen_, state_, store_.enrolment, statement_,
                               around_.clock, around_.random, around_.log, around_.make_link}));
  slow_ = std::make_unique<program::SlowWorker>(post);
  keys_ = std::make_unique<OfficerKeys>(store_.folder, books_, loop, *slow_, around_.random, around_.slot_cost);
  desk_ = std::make_unique<Desk>(books_, *pen_, *keys_, around_.random);
  desk_->add_to(commands_);
  views_ = std::make_unique<Views>(
      Views::Parts{books_, *pen_, state_, store_.enrolment, *agent_, around_.clock, loop, *store_thread_});
  views_->add_to(commands_);
  commands_.add("sync", [this](json::object arguments, Done done) { sync(std::move(arguments), std::move(done)); });
  return {};
}

void App::sync(json::object arguments, Done done) {
  if (auto plain = program::only(arguments, {"once"}); !plain)
    return done(tl::make_unexpected(std::move(plain).error()));
  const auto before = agent_->traffic();
  const auto since = around_.clock.now();
  agent_->exchange([this, before, since, done = std::move(done)](Status status) {
    if (!status) return done(tl::make_unexpected(std::move(status).error()));
    const auto received = agent_->traffic().received - before.received;
    const auto sent = agent_->traffic().sent - before.sent;
    std::vector<Text> lines{{"已同步：收到" + std::to_string(received) + "条，送出" + std::to_string(sent) + "条",
                             "In step: " + std::to_string(received) + " received, " + std::to_string(sent) + " sent"}};
    json::array alarms;
    for (const auto& alarm : state_.state().alarms) {
      if (alarm.at < since) continue;
      alarms.push_back(json::string(alarm.kind));
      lines.push_back(alarm_text(alarm.kind));
    }
    Reply reply;
    reply.data = {{"in_step", true}, {"received", received}, {"sent", sent}, {"alarms", std::move(alarms)}};
    reply.human = program::joined(lines);
    done(std::move(reply));
  });
}

Status App::serve(const std::function<void()>& ready) {
  TRY(const auto control, program::ControlServer::listen(around_.loop, store_.folder, commands_));
  around_.log.info("serving");
  agent_->stay_connected();
  around_.loop.on_terminate([this] {
    agent_->stop();
    around_.loop.stop();
  });
  ready();
  around_.loop.run();
  around_.log.info("ended");
  return {};
}

}  // namespace cunzheng::client
