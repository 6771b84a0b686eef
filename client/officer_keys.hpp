#pragma once
// Officers' signing keys: found by id or name, opened by the officer's own passphrase on the slow worker, and kept open
// for some minutes, so that a batch pays for Argon2id once. The passphrase is asked for each time all the same.
// On the loop thread.

#include "client/books.hpp"
#include "sync/link/loop.hpp"
#include "sync/program/key_file.hpp"
#include "sync/program/slow_worker.hpp"

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>

namespace cunzheng::client {

class OfficerKeys {
 public:
  using Key = std::shared_ptr<const crypto::KeyPair>;
  struct Signatory {
    domain::OfficerId officer;
    std::filesystem::path passphrase_file;
  };

  // All outlive this object.
  OfficerKeys(std::filesystem::path folder, const Books& books, link::Loop& loop, program::SlowWorker& slow,
              Random& random, program::SlotCost slot_cost);

  // "5f0c..." or "测试壬". Bad input in `field`: nobody is called that, or two are.
  Result<domain::OfficerId> find(const std::string& id_or_name, const std::string& field) const;

  // The keys in the order of the signatories. At once if they are open and the passphrases the same, else after a
  // second for each. Requests are answered in their order.
  void open(std::vector<Signatory> signatories, std::function<void(Result<std::vector<Key>>)> opened);

  // Makes a key in a keyslot of its own and writes the officer's file; on the slow worker.
  void make(const std::filesystem::path& passphrase_file, std::function<void(Result<Key>)> made);

 private:
  static constexpr std::int64_t kept_open_ms = 5LL * 60 * 1000;
  struct Kept {
    Hash passphrase_mac{};
    Key key;
    Instant used;
  };
  struct Request {
    std::vector<Signatory> signatories;
    std::function<void(Result<std::vector<Key>>)> opened;
  };
  void serve();
  // The signatory's key if it is open; null: it is being opened now, and serve() goes on after that.
  Result<Key> key_of(const Signatory& signatory);
  void opened(const domain::OfficerId& officer, const Hash& mac, Result<crypto::KeyPair> pair);
  void lock_unused();
  Hash mac_of(const program::Passphrase& passphrase) const;

  std::filesystem::path folder_;
  const Books& books_;
  link::Loop& loop_;
  program::SlowWorker& slow_;
  Random& random_;
  program::SlotCost slot_cost_;
  crypto::SymmetricKey mac_key_;  // of this process: what is kept shows no passphrase
  std::map<domain::OfficerId, Kept> kept_;
  std::deque<Request> waiting_;
  bool opening_ = false;
  std::optional<Failure> not_opened_;  // why the key that the first request waited for did not open
  link::Loop::Timer timer_;
};

}  // namespace cunzheng::client
