#pragma once
// The laptop's program put together: the only place where its parts meet. On the loop thread.

#include "client/desk.hpp"
#include "client/sync_agent.hpp"
#include "client/views.hpp"
#include "sync/program/control.hpp"
#include "sync/program/slow_worker.hpp"

#include <filesystem>
#include <memory>

namespace cunzheng::client {

// What the surroundings give: the program's own, or a test's.
struct Surroundings {
  link::Loop& loop;
  const Clock& clock;
  Random& random;
  const program::Log& log;
  MakeLink make_link{};
  program::SlotCost slot_cost{};  // of officers' keyslots
};

// A store folder that the passphrase has opened.
struct OpenedStore {
  std::filesystem::path folder;
  Enrolment enrolment;
  crypto::SymmetricKey data_key;
  crypto::KeyPair device_key;
  std::unique_ptr<store::EntryStore> entries;
  std::vector<store::FsckReport::Damage> damages = {};  // found when it was opened
};

// What the passphrase opens in a folder, without the entries. refused: wrong passphrase. not_found: never enrolled.
struct UnlockedFolder {
  Enrolment enrolment;
  crypto::SymmetricKey data_key;
  crypto::KeyPair device_key;
};
Result<UnlockedFolder> unlock_folder(const std::filesystem::path& folder, const program::Passphrase& passphrase);

// The end of the journal that a device with this key opened here; none: it is not here, or its first entry is damaged.
std::optional<journal::Head> device_journal_in(store::EntryStore& entries, const crypto::PublicKey& device_key);

// refused: wrong passphrase. not_found: this folder was never enrolled. unavailable: another program has it open.
Result<OpenedStore> open_store(const std::filesystem::path& folder, const program::Passphrase& passphrase,
                               const Surroundings& around);

class App {
 public:
  // Reads everything that is held into memory; blocks.
  static Result<std::unique_ptr<App>> open(OpenedStore store, const Surroundings& around);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  const program::Commands& commands() const { return commands_; }
  const Books& books() const { return books_; }
  Pen& pen() { return *pen_; }
  SyncAgent& agent() { return *agent_; }
  store::StoreThread& store() { return *store_thread_; }

  // Serves the control socket and stays in step with the hub, until a signal. Blocks; `ready` is called once commands
  // are taken.
  Status serve(const std::function<void()>& ready);

 private:
  App(OpenedStore store, journal::HubStatement statement, const Surroundings& around);
  Status load();
  void sync(json::object arguments, Done done);

  Surroundings around_;
  OpenedStore store_;  // without `entries`, which the store thread has
  journal::HubStatement statement_;
  StateFile state_;
  Books books_;
  program::Commands commands_;
  std::unique_ptr<store::StoreThread> store_thread_;
  std::unique_ptr<Recorder> recorder_;
  std::optional<Pen> pen_;
  std::unique_ptr<SyncAgent> agent_;
  std::unique_ptr<program::SlowWorker> slow_;
  std::unique_ptr<OfficerKeys> keys_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<Views> views_;
};

}  // namespace cunzheng::client
