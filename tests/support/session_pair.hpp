#pragma once
// Programs that hold journals and talk through real Sessions: stores in memory, a clock that only the test moves, a
// link that can be spoiled at any output, frame or byte. Everything that happens can be read in the minutes, and what
// no session may ever do is watched all the time.

#include "sync/core/messages.hpp"
#include "sync/store/mem_store.hpp"
#include "tests/support/journals.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cunzheng::test {

class Site;
class Talk;

// What goes wrong, once, at the `index`-th thing of its kind since the start.
struct Fault {
  enum class Kind {
    none,
    cut_before_output,    // the link breaks and the process dies with what it wanted to do next
    cut_after_frame,      // the link breaks when the frame arrived, before the answer
    truncate_frame,       // only the first `byte` bytes arrive
    duplicate_frame,      // it arrives twice
    delay_frame,          // it arrives after the frames behind it
    store_fails_empty,    // the disk says no and wrote nothing
    store_fails_written,  // the disk says no, but it is there
    store_lies,           // the disk says yes and wrote nothing: only to see that this is noticed
    load_fails,
  };
  Kind kind = Kind::none;
  std::size_t index = 0;
  std::size_t byte = 0;
};

struct Weather {
  std::int64_t delay_ms = 20;
  std::int64_t bytes_per_second = 8'000;
  std::int64_t store_ms = 5;
  std::int64_t load_ms = 1;
};

// The journals as their writers wrote them, who may say what, the time, and all that is under way.
class SyncWorld {
 public:
  explicit SyncWorld(std::uint64_t seed = 1);
  ~SyncWorld();

  Weather weather;
  Fault fault;

  // ---- journals, by name: "district" and "body" are the hub's, with a statement for "own" and "neighbour" in `body`.
  // Any other name is made when it is first asked for: a device of the village that no statement admits.
  // "own*" is a copy of "own" that goes its own way from `fork()` on.
  TestJournal& journal(const std::string& name);
  void fork(const std::string& name, std::size_t entries);  // "own*" shares the first `entries` of "own"
  void grow(const std::string& name, std::size_t entries);  // until it has so many
  void give_to_village(const std::string& name, const std::string& village);  // so far it was of "v1"
  const journal::SignedHead& head(const std::string& name, journal::Seq seq);
  // The first range that `name` can show from `first` to `last`, with its memorised head.
  journal::Range range(const std::string& name, journal::Seq first, journal::Seq last);

  // ---- sites
  Site& site(const std::string& name);    // "hub", "laptop" (writes own), "neighbour" (writes neighbour)
  Talk& link(const std::string& laptop);  // a new link to the hub, up at once; the one before is cut
  void cut(const std::string& laptop);
  Talk* talk(const std::string& laptop);

  // ---- time
  Instant now() const { return now_; }
  void run_until_quiet();  // until only timers are left
  void wait(std::int64_t ms);

  // ---- what came of it
  std::vector<std::string> take_minutes() { return std::exchange(minutes_, {}); }
  const std::vector<std::string>& violations() const { return violations_; }
  struct Counts {
    std::size_t outputs = 0;
    std::vector<std::size_t> frames;  // their sizes
    std::size_t stores = 0;
    std::size_t loads = 0;
  };
  const Counts& counts() const { return counts_; }
  // Frames and ranges by name and number.
  std::string describe(const sync::Message& message) const;

 private:
  friend class Site;
  friend class Talk;

  struct Truth {
    std::string name;
    std::string body;  // whose scope it is in; empty: everybody's
    crypto::PublicKey key;
  };
  struct Event {
    bool is_timer = false;
    std::function<void()> run;
  };
  void after(std::int64_t ms, std::function<void()> run, bool is_timer = false);
  bool run_next(bool timers_count, Instant until);
  void learn_labels(const std::string& name);
  void note(const std::string& line);
  bool faulty(Fault::Kind kind, std::size_t index) const { return fault.kind == kind && fault.index == index; }

  std::string label(const journal::EntryId& id) const;
  std::string label(const sync::CompactHead& head) const;
  std::string name_of(const journal::JournalId& journal) const;

  std::uint64_t seed_;
  std::map<std::string, TestJournal> journals_;
  std::map<journal::JournalId, Truth> truths_;
  std::map<std::string, std::map<journal::Seq, journal::SignedHead>> heads_;
  std::map<journal::EntryId, std::string> labels_;
  std::map<std::string, std::unique_ptr<Site>> sites_;
  std::map<std::string, std::shared_ptr<Talk>> talks_;

  Instant now_{1'790'000'000'000};
  Instant began_ = now_;
  std::map<std::pair<std::int64_t, std::uint64_t>, Event> events_;
  std::uint64_t last_event_ = 0;
  std::vector<std::string> minutes_;
  std::vector<std::string> violations_;
  Counts counts_;
};

// One program: its disk and what it knows from it.
class Site final : public sync::Directory {
 public:
  Site(SyncWorld& world, std::string name, std::string own);

  const std::string& name() const { return name_; }
  bool is_hub() const { return name_ == "hub"; }
  store::MemStore& store() { return *store_; }
  // The disk is replaced: by an older copy, for instance.
  void replace_store(std::unique_ptr<store::MemStore> store) { store_ = std::move(store); }

  // The first so many, a head for each. The private part of entry `spoiled` is another one: the disk lies.
  void hold(const std::string& journal, std::size_t entries, std::optional<journal::Seq> spoiled = {});
  void write(const std::string& journal, std::size_t entries);  // so many new ones, in one range
  bool writes_receipts = false;  // hub: an entry in `body` for each range of a device, in the same commit
  bool is_revoked = false;

  sync::ScopeDigest digest() const { return sync::digest_of(scope("v1")); }
  bool holds(const journal::JournalId& journal, journal::Seq seq, const journal::EntryId& id) const;
  std::optional<journal::EntryId> id_at(const journal::JournalId& line, journal::Seq seq) const;

  Result<Admission> admit(const crypto::PublicKey& device) const override;
  std::vector<journal::Head> scope(const std::string& body) const override;
  std::vector<journal::Head> whole(const std::string& body) const override;
  std::optional<crypto::PublicKey> key_of(const journal::JournalId& journal) const override;
  Result<crypto::PublicKey> admit_journal(const journal::Entry& opening, const journal::JournalId& id,
                                          const std::string& body) const override;
  bool is_own(const journal::JournalId& journal) const override;
  bool is_of_hub(const journal::JournalId& journal) const override;

 private:
  friend class Talk;
  Status append(std::vector<journal::Range> ranges);

  SyncWorld& world_;
  std::string name_;
  std::string own_;
  std::unique_ptr<store::MemStore> store_ = std::make_unique<store::MemStore>();
};

// One link and its two Sessions.
class Talk : public std::enable_shared_from_this<Talk> {
 public:
  struct End {
    Site* site = nullptr;
    std::optional<sync::Session> session;
    std::size_t in_step = 0;
    std::vector<sync::out::Alarm> alarms;
    std::optional<sync::CloseReason> closed;
    std::size_t frames_sent = 0;
    std::size_t bytes_sent = 0;
    std::uint64_t timer = 0;
    Instant free_at;  // when the link has taken what was sent
    bool down = false;
  };

  Talk(SyncWorld& world, Site& laptop, Site& hub);
  void begin();
  void cut();
  void leave(bool by_hub);
  bool is_over() const { return laptop.down && hub.down; }

  End laptop;
  End hub;
  sync::SessionOptions laptop_options;  // may be changed before begin()
  sync::SessionOptions hub_options;
  Hash laptop_binding{};
  Hash hub_binding{};

  // Hands a frame to an end as if the other had sent it.
  void inject(bool to_hub, Bytes frame);
  void input(End& end, sync::Input input);

 private:
  friend class Site;
  End& other(End& end) { return &end == &laptop ? hub : laptop; }
  void perform(End& end, std::vector<sync::Output> outputs);
  void send(End& end, Bytes frame);
  void store(End& end, sync::out::Store order);
  void load(End& end, const sync::out::Load& order);
  void watch(End& end, const sync::Message& message);
  void link_down(End& end);

  SyncWorld& world_;
};

}  // namespace cunzheng::test
