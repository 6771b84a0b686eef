#include "tests/support/link_site.hpp"

#include "shared/base/verify.hpp"

#include <map>

namespace cunzheng::test {

using journal::EntryId;
using journal::JournalId;

void LinkSite::write(const std::string& journal, std::size_t entries) {
  const auto held = site_.store().journal(world_.journal(journal).id());
  const auto first = held ? held->head.head.seq + 1 : 0;
  world_.grow(journal, world_.journal(journal).items().size() + entries);
  VERIFY(append({world_.range(journal, first, world_.journal(journal).last())}).has_value());
}

bool LinkSite::holds_all_of(const std::string& journal) const {
  const auto& written = world_.journal(journal);
  return site_.holds(written.id(), written.last(), written.items().back().id);
}

Status LinkSite::append(std::vector<journal::Range> ranges) {
  std::map<JournalId, EntryId> before;
  for (const auto& line : site_.store().journals()) before[line.id] = line.head.head.id;
  CHECK(site_.store().append(ranges));
  for (const auto& line : site_.store().journals()) {
    const auto known = before.find(line.id);
    if (known != before.end() && known->second == line.head.head.id) continue;
    if (grew) grew({line.id, line.head.head.seq, line.head.head.id}, known == before.end());
  }
  return {};
}

void LinkSite::store(const link::SessionInfo&, std::vector<journal::Range> ranges, Stored done) {
  done(append(std::move(ranges)));
}

void LinkSite::load(const link::SessionInfo&, const sync::out::Load& wanted, Loaded done) {
  done(site_.store().read(wanted.journal, wanted.from, {wanted.items_max, wanted.bytes_max}));
}

const link::TlsIdentity& test_identity() {
  static const auto identity = link::make_tls_identity("127.0.0.1", Instant{1'780'000'000'000}).value();
  return identity;
}
const link::TlsIdentity& other_identity() {
  static const auto identity = link::make_tls_identity("127.0.0.1", Instant{1'780'000'000'000}).value();
  return identity;
}

sync::SessionOptions hub_session(SyncWorld& world) {
  sync::SessionOptions options;
  options.role = sync::SessionOptions::Role::hub;
  options.own_key = world.journal("district").key();
  options.sign = [&world](ByteView statement) {
    return crypto::sign(world.journal("district").secret(), "welcome", statement);
  };
  return options;
}

sync::SessionOptions laptop_session(SyncWorld& world) {
  sync::SessionOptions options;
  options.role = sync::SessionOptions::Role::laptop;
  options.own_key = world.journal("own").key();
  options.hub_key = world.journal("district").key();
  options.body = "v1";
  options.boot_counter = 1;
  options.sign = [&world](ByteView statement) {
    return crypto::sign(world.journal("own").secret(), "hello", statement);
  };
  return options;
}

LinkPair::LinkPair() {
  hub.site().hold("district", 3);
  hub.site().hold("body", world.journal("body").items().size());
  laptop.site().hold("own", 1);
  server_options.identity = test_identity();
  server_options.make_session = [this] { return sync::Session(hub_session(world), hub.site()); };
  server_options.in_scope = [](const std::string&, const JournalId&) { return true; };
  connector_options.pins = {test_identity().pin};
  connector_options.body = "v1";
  connector_options.random = &random;
  connector_options.make_session = [this] { return sync::Session(laptop_session(world), laptop.site()); };
  hub.grew = [this](const journal::Head& head, bool is_new) {
    if (server) server->journal_grew(head, is_new);
  };
  laptop.grew = [this](const journal::Head& head, bool is_new) {
    if (connector) connector->journal_grew(head, is_new);
  };
}
LinkPair::~LinkPair() = default;

bool LinkPair::until(const std::function<bool()>& done, std::int64_t ms) {
  return loop.run_until(done, loop.now() + ms);
}

bool LinkPair::are_in_step() { return hub.site().digest() == laptop.site().digest(); }

void LinkPair::start() {
  auto listening = link::Server::listen(loop, server_options, hub);
  VERIFY(listening.has_value());
  server = *std::move(listening);
}

void LinkPair::connect(std::uint16_t port_before_it) {
  connector_options.hub = {"127.0.0.1", port_before_it != 0 ? port_before_it : port()};
  connector = std::make_unique<link::Connector>(loop, connector_options, laptop);
}

}  // namespace cunzheng::test
