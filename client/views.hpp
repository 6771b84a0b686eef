#pragma once
// What a person looks at: read from the books and the store, changing nothing. On the loop thread.

#include "client/sync_agent.hpp"
#include "sync/program/register_command.hpp"

namespace cunzheng::client {

namespace json = codec::json;

class Views {
 public:
  struct Parts {
    Books& books;
    const Pen& pen;
    const StateFile& state;
    const Enrolment& enrolment;
    const SyncAgent& agent;
    const Clock& clock;
    link::Loop& loop;
    store::StoreThread& store;
  };
  explicit Views(Parts parts) : parts_(parts) {}

  void add_to(program::Commands& commands);

  void status(json::object arguments, program::Done done) const;
  void catalogue(json::object arguments, program::Done done) const;      // words
  void register_book(json::object arguments, program::Done done) const;
  void statement(json::object arguments, program::Done done) const;
  void report(json::object arguments, program::Done done) const;
  void disclosure(json::object arguments, program::Done done) const;
  void findings(json::object arguments, program::Done done) const;       // all
  void inspect(json::object arguments, program::Done done) const;        // journal, seq, private
  void fsck(json::object arguments, program::Done done) const;

 private:
  Result<program::Reply> status_reply() const;
  program::BookReader reader() const;

  Parts parts_;
};

}  // namespace cunzheng::client
