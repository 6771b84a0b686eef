#pragma once
// The parts of a hub, wired over one store: all that decides and writes, without sockets, files and passphrases.
// App puts a server, a control socket and a folder around it; tests put a model of the store under it.

#include "hub/casework.hpp"
#include "hub/credit_desk.hpp"
#include "hub/gate.hpp"
#include "hub/setup.hpp"
#include "hub/slip_book.hpp"

namespace cunzheng::hub {

class Hub {
 public:
  // What the hub tells those around it, on the loop thread.
  struct Outside {
    std::function<void(const Growth&)> grew = [](const Growth&) {};
    std::function<void(const crypto::PublicKey&)> device_revoked = [](const crypto::PublicKey&) {};
    // The store is shut: nothing can be written until the program is started anew.
    std::function<void(const Failure&)> store_failed = [](const Failure&) {};
  };

  // Everything referred to outlives the hub.
  Hub(link::Loop& loop, const Identity& identity, std::unique_ptr<store::EntryStore> entries,
      std::unique_ptr<registers::RowStore> rows, const Clock& clock, Random& random, const program::Log& log);
  // Finishes what was handed to the store.
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // Brings rows up to the entries and memory up to the rows. Once, before anything else; blocking.
  // `damages`: found when the store was opened.
  Status load(std::span<const store::FsckReport::Damage> damages = {});

  // For sync sessions of link::Server.
  sync::Session make_session() const;

  Outside outside;

 private:
  store::EntryStore& entries_;  // owned by the store thread
  std::unique_ptr<store::StoreThread> store_;
  const Identity& identity_;

 public:
  Projector projector;
  Directory directory;
  Ledger ledger;
  Publisher publisher;
  SlipBook slips;
  Intake intake;
  Gate gate;
  Casework casework;
  CreditDesk credit;

  store::StoreThread& store() { return *store_; }
};

}  // namespace cunzheng::hub
