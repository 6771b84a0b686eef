#include "hub/hub.hpp"

namespace cunzheng::hub {
namespace {

StoreWatch watch_for(Hub& hub) {
  return {[&hub](std::span<const Growth> grown) {
            hub.projector.grew();
            for (const auto& growth : grown) hub.outside.grew(growth);
          },
          [&hub](const Failure& failure) { hub.outside.store_failed(failure); }};
}

}  // namespace

Hub::Hub(link::Loop& loop, const Identity& identity, std::unique_ptr<store::EntryStore> entries,
         std::unique_ptr<registers::RowStore> rows, const Clock& clock, Random& random, const program::Log& log)
    : entries_(*entries),
      store_(std::make_unique<store::StoreThread>(std::move(entries),
                                                  [&loop](std::function<void()> job) { loop.post(std::move(job)); })),
      identity_(identity),
      projector(*store_, entries_, std::move(rows), identity.root, identity.person_key),
      directory(identity.root, identity.keys.public_key),
      ledger(*store_, directory, clock, random, identity.keys.secret, watch_for(*this)),
      publisher(ledger, directory, clock, random),
      slips(ledger, directory, clock, random, identity.root),
      intake(loop, *store_, directory, ledger, random, watch_for(*this),
             [this](const journal::JournalId& journal) { gate.epoch_begun(journal); }),
      gate(loop, *store_, intake, ledger, directory, identity.keys.secret, clock, log),
      casework(loop, *store_, projector, ledger, directory, clock, random,
               [this](const crypto::PublicKey& device) { outside.device_revoked(device); }),
      credit(loop, *store_, projector, ledger, publisher, directory, clock, random) {}

Hub::~Hub() { store_.reset(); }  // joins: its last jobs still look at the projector

Status Hub::load(std::span<const store::FsckReport::Damage> damages) {
  Status loaded;
  store_->run_and_wait([&](store::EntryStore& store) {
    loaded = [&]() -> Status {
      CHECK(projector.open());
      CHECK(directory.load(store, projector.opened()));
      std::vector<store::FsckReport::Damage> lacking(damages.begin(), damages.end());
      TRY(const auto known, projector.opened().damaged());
      for (const auto& place : known) lacking.push_back({{place.journal, place.seq}, {}, true});
      directory.lack(store::lacking_among(store, lacking));
      CHECK(ledger.load(store));
      CHECK(slips.load(store));
      return credit.load(store);
    }();
  });
  return loaded;
}

sync::Session Hub::make_session() const {
  sync::SessionOptions options;
  options.role = sync::SessionOptions::Role::hub;
  options.own_key = identity_.keys.public_key;
  options.hub_key = identity_.keys.public_key;
  options.sign = [this](ByteView statement) { return crypto::sign(identity_.keys.secret, "welcome", statement); };
  return {std::move(options), directory};
}

}  // namespace cunzheng::hub
