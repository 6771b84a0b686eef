#include "hub/app.hpp"

#include "hub/repair.hpp"
#include "shared/crypto/system_random.hpp"
#include "sync/link/server.hpp"
#include "sync/program/control.hpp"
#include "sync/program/system_clock.hpp"
#include "sync/store/leveldb_store.hpp"

#include <charconv>

namespace cunzheng::hub {
namespace {

constexpr std::int64_t goodbye_ms = 5'000;  // for the goodbyes to those connected
constexpr std::int64_t goodbye_look_ms = 50;

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};

// "127.0.0.1:8466", "[::1]:0"
Result<Endpoint> parse_endpoint(const std::string& text) {
  const auto colon = text.rfind(':');
  Endpoint endpoint;
  if (colon != std::string::npos) {
    const auto* end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
    if (error == std::errc() && read == end) endpoint.address = text.substr(0, colon);
  }
  if (endpoint.address.starts_with('[') && endpoint.address.ends_with(']')) {
    endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
  }
  if (!endpoint.address.empty()) return endpoint;
  return fail(FailureCode::bad_input, {"应为地址:端口，如 0.0.0.0:8466", "expected ADDR:PORT, as 0.0.0.0:8466"},
              "listen");
}

std::string text_of(const Endpoint& endpoint) {
  const bool is_v6 = endpoint.address.find(':') != std::string::npos;
  return (is_v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" + std::to_string(endpoint.port);
}

}  // namespace

// Members are destroyed from the last to the first: those who call before those who are called.
class App::Parts {
 public:
  Parts(Identity identity_read, std::filesystem::path folder, std::unique_ptr<store::EntryStore> entries,
        std::unique_ptr<registers::RowStore> rows, std::unique_ptr<crypto::SystemRandom> chance, program::Log log_to)
      : random(std::move(chance)),
        identity(std::move(identity_read)),
        log(std::move(log_to)),
        hub(loop, identity, std::move(entries), std::move(rows), clock, *random, log),
        slow([this](std::function<void()> job) { loop.post(std::move(job)); }),
        workplace{loop, hub, identity, std::move(folder), slow, clock, *random, [this] { return serving(); }} {
    add_commands(commands, workplace);
    hub.outside.store_failed = [this](const Failure& failure) {
      if (!trouble) trouble = failure;
      loop.stop();
    };
  }

  std::optional<Serving> serving() const {
    if (!server) return std::nullopt;
    return Serving{endpoint.address, endpoint.port, server->connections(), server->sessions()};
  }

  Status listen(const Endpoint& wanted);
  Status begin_epoch(const char* because);
  void say_goodbye(Instant deadline);

  std::unique_ptr<crypto::SystemRandom> random;  // the stores hold on to it
  Identity identity;
  program::SystemClock clock;
  program::Log log;
  link::Loop loop;
  Hub hub;
  program::SlowWorker slow;
  Workplace workplace;
  program::Commands commands;
  std::optional<Failure> trouble;
  Endpoint endpoint;
  std::unique_ptr<link::Server> server;
  std::unique_ptr<program::ControlServer> control;
  link::Loop::Timer goodbye;
};

Status App::Parts::listen(const Endpoint& wanted) {
  link::ServerOptions options;
  options.address = wanted.address;
  options.port = wanted.port;
  options.identity = identity.tls;
  options.clock = &clock;
  options.make_session = [this] { return hub.make_session(); };
  options.in_scope = [this](const std::string& body, const journal::JournalId& journal) {
    return hub.directory.in_scope(body, journal);
  };
  options.enrolment = link::ServerOptions::Enrolment{identity.hub_id, &hub.slips, random.get()};
  TRY(server, link::Server::listen(loop, std::move(options), hub.gate));
  endpoint = {wanted.address, server->port()};
  hub.outside.grew = [this](const Growth& growth) { server->journal_grew(growth.head, growth.is_new); };
  hub.outside.device_revoked = [this](const crypto::PublicKey& device) {
    const auto is_of_device = [&](const link::SessionInfo& session) {
      return session.peer && session.peer->key == device;
    };
    server->close_sessions(is_of_device, "device revoked");
  };
  TRY(control, program::ControlServer::listen(loop, workplace.store_folder, commands));
  return {};
}

Status App::Parts::begin_epoch(const char* because) {
  std::optional<Status> outcome;
  hub.ledger.begin_epoch({}, [&](const Result<std::vector<journal::EntryId>>& opened) {
    outcome = opened ? Status{} : Status{tl::make_unexpected(opened.error())};
  });
  loop.run_until([&] { return outcome.has_value(); }, Instant{std::numeric_limits<std::int64_t>::max()});
  if (!outcome)
    return tl::make_unexpected(
        trouble.value_or(Failure{FailureCode::unavailable, {"程序正在退出", "the program is ending"}, {}, {}}));
  log.warning("epoch_begun", {{"epoch", hub.ledger.epoch()}, {"because", because}});
  return *outcome;
}

void App::Parts::say_goodbye(Instant deadline) {
  if (server->connections() == 0 || loop.now() >= deadline) return loop.stop();
  goodbye = loop.run_at(loop.now() + goodbye_look_ms, [this, deadline] { say_goodbye(deadline); });
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
App::~App() = default;

Result<std::unique_ptr<App>> App::open(const Options& options, program::Log log) {
  auto random = std::make_unique<crypto::SystemRandom>();
  TRY(auto identity, read_identity(options.store, options.machine_key));
  const store::StoreOptions store_options{options.store, random.get(), nullptr};
  store::OpenReport report;
  TRY(auto entries, store::open_leveldb_store(store_options, identity.store_key, &report));
  if (report.recovered) log.warning("store_recovered_from_copy");
  bool rows_were_reset = false;
  TRY(auto rows, store::open_row_store(store_options, identity.store_key, &rows_were_reset));
  if (rows_were_reset) log.warning("registers_are_made_anew");
  auto parts = std::make_unique<Parts>(std::move(identity), options.store, std::move(entries), std::move(rows),
                                       std::move(random), std::move(log));
  CHECK(parts->hub.load(report.damages));
  if (is_epoch_due(options.store)) {
    CHECK(parts->begin_epoch("repaired"));
    CHECK(epoch_has_begun(options.store));
  }
  return std::unique_ptr<App>(new App(std::move(parts)));
}

link::Loop& App::loop() { return parts_->loop; }
const program::Commands& App::commands() const { return parts_->commands; }

Status App::serve(const Service& service) {
  auto& parts = *parts_;
  TRY(const auto wanted, parse_endpoint(service.listen));
  if (service.restored) CHECK(parts.begin_epoch("restored"));
  CHECK(parts.listen(wanted));
  parts.loop.on_terminate([&parts] {
    parts.log.info("stopping");
    parts.server->stop();
    parts.say_goodbye(parts.loop.now() + goodbye_ms);
  });
  const auto listening = text_of(parts.endpoint);
  parts.log.info("listening", {{"at", listening}, {"epoch", parts.hub.ledger.epoch()}});
  program::show_line({{"listening", listening}});
  parts.loop.run();
  if (!parts.trouble) return {};
  parts.log.warning("store_failed", {{"code", static_cast<int>(parts.trouble->code)}});
  return tl::make_unexpected(during(
      {"存储出错，已停止收件，未确认的条目各村会再送。请检查磁盘空间和硬件，运行fsck，再启动serve",
       "the store failed and serving has stopped; villages will send again what was not acknowledged. Look at disk "
       "space and hardware, run fsck, then serve again"},
      *parts.trouble));
}

}  // namespace cunzheng::hub
