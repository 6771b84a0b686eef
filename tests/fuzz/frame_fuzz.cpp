// Frames against a live hub session: whatever an enrolled laptop sends, and however disk and clock answer, the hub
// neither crashes nor stores what its writer did not sign nor acknowledges what it does not hold.
//
// The input is a list of steps, a byte each and what it needs behind it:
//   0 n16 bytes   a frame of these bytes              5 s e     Ranges of the laptop's journal, entries s to e
//   1 k p16 x     good frame k, byte p changed by x   6 k s     Stored, SendFrom or Refused for the hub's journal at s
//   2             the disk answers the oldest Store   7         the next entry of the hub's journal is written
//   3             the disk answers the oldest Load    8 t       t seconds pass, the timer fires
//   4 w           the disk says no, in way w          9         the laptop's greeting
// Numbers of one byte, n16 and p16 of two, little-endian. The session begins before the greeting.

#include "shared/base/verify.hpp"
#include "sync/core/messages.hpp"
#include "sync/store/mem_store.hpp"
#include "tests/support/seeded_random.hpp"

#include <algorithm>
#include <deque>

using namespace cunzheng;

namespace {

constexpr std::size_t entries_each = 12;

// A journal with a signed head for each entry, made once.
struct Journal {
  explicit Journal(std::uint64_t seed) : random(seed), keys(crypto::make_key_pair(random)) {
    for (std::size_t seq = 0; seq < entries_each; ++seq) {
      journal::Entry entry;
      entry.seq = seq;
      entry.journal = id;
      if (seq > 0) entry.prev = items.back().id;
      entry.lamport = seq + 1;
      entry.body.resize(40);
      random.fill(entry.body);
      Bytes secret(journal::salt_bytes + seq);
      random.fill(secret);
      entry.private_digest = journal::private_digest(secret);
      items.push_back(journal::make_item(entry, secret));
      if (seq == 0) id = journal::JournalId{items.front().id.value()};
      heads.push_back(journal::sign_head({id, seq, items.back().id}, keys.secret));
    }
  }
  journal::Range range(std::size_t first, std::size_t last) const {
    const auto begin = items.begin();
    return {id,
            first,
            {begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last) + 1},
            heads[last]};
  }

  test::SeededRandom random;
  crypto::KeyPair keys;
  journal::JournalId id;
  std::vector<journal::Item> items;
  std::vector<journal::SignedHead> heads;
};

const Journal& hub_journal() {
  static const Journal made(1);
  return made;
}
const Journal& own_journal() {
  static const Journal made(2);
  return made;
}

class Hub final : public sync::Directory {
 public:
  Hub() { VERIFY(store.append(std::vector{hub_journal().range(0, 0), hub_journal().range(1, 1)})); }

  Result<Admission> admit(const crypto::PublicKey& device) const override {
    if (device == own_journal().keys.public_key) return Admission{"v1", std::nullopt};
    return fail(FailureCode::refused, {"没有登记", "not enrolled"});
  }
  std::vector<journal::Head> scope(const std::string&) const override {
    std::vector<journal::Head> heads;
    for (const auto& line : store.journals()) heads.push_back({line.id, line.head.head.seq, line.head.head.id});
    std::stable_partition(heads.begin(), heads.end(),
                          [](const auto& head) { return head.journal == hub_journal().id; });
    return heads;
  }
  std::optional<crypto::PublicKey> key_of(const journal::JournalId& journal) const override {
    if (!store.journal(journal)) return std::nullopt;
    return journal == own_journal().id ? own_journal().keys.public_key : hub_journal().keys.public_key;
  }
  Result<crypto::PublicKey> admit_journal(const journal::Entry&, const journal::JournalId& id,
                                          const std::string&) const override {
    if (id == own_journal().id) return own_journal().keys.public_key;
    return fail(FailureCode::refused, {"没有登记", "not enrolled"});
  }
  bool is_own(const journal::JournalId& journal) const override { return journal == hub_journal().id; }

  store::MemStore store;
};

Bytes greeting() {
  sync::message::Hello hello;
  hello.said.device = own_journal().keys.public_key;
  hello.said.heads = sync::compact(std::vector{own_journal().heads.back().head});
  hello.signature = crypto::sign(own_journal().keys.secret, "hello", sync::hello_statement({}, hello.said));
  return sync::to_frame(hello);
}

// What there is to change a byte of.
const std::vector<Bytes>& good_frames() {
  static const std::vector<Bytes> frames = [] {
    const auto& own = own_journal();
    auto erased = own.range(2, 4);
    erased.items[1].private_part.reset();
    const journal::Range stub{own.id, 5, {journal::Item{own.items[5].id, {}, std::nullopt}}, own.heads[5]};
    std::vector<Bytes> made{greeting()};
    for (const sync::Message& message :
         {sync::Message(sync::message::Ranges{{own.range(0, 0)}}),
          sync::Message(sync::message::Ranges{{own.range(0, 6)}}),
          sync::Message(sync::message::Ranges{{erased, stub, own.range(6, 7)}}),
          sync::Message(sync::message::Ranges{{hub_journal().range(2, 5)}}),
          sync::Message(sync::message::Stored{hub_journal().heads[1].head}),
          sync::Message(sync::message::SendFrom{hub_journal().id, sync::Varint{1}}),
          sync::Message(sync::message::Refused{hub_journal().id, sync::Varint{0}, {}}),
          sync::Message(sync::message::Level{sync::Varint{1}}), sync::Message(sync::message::Ping{}),
          sync::Message(sync::message::Pong{}), sync::Message(sync::message::Bye{})}) {
      made.push_back(sync::to_frame(message));
    }
    return made;
  }();
  return frames;
}

sync::SessionOptions options() {
  sync::SessionOptions made;
  made.role = sync::SessionOptions::Role::hub;
  made.own_key = hub_journal().keys.public_key;
  made.hub_key = made.own_key;
  made.sign = [](ByteView said) { return crypto::sign(hub_journal().keys.secret, "welcome", said); };
  return made;
}

class Run {
 public:
  explicit Run(ByteView steps) : rest_(steps), session_(options(), hub_) { give(sync::in::LinkUp{}); }

  void go() {
    while (!rest_.empty()) step(byte());
    const auto report = hub_.store.fsck();
    VERIFY(report && report->damages.empty());
  }

 private:
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  std::size_t two_bytes() {
    const std::size_t low = byte();
    return low | std::size_t{byte()} << 8;
  }

  void step(std::uint8_t kind) {
    const auto& own = own_journal();
    switch (kind % 10) {
      case 0: {
        const auto size = std::min(two_bytes(), rest_.size());
        auto frame = bytes_of(rest_.first(size));
        rest_ = rest_.subspan(size);
        return give(sync::in::FrameArrived{std::move(frame)});
      }
      case 1: {
        auto frame = good_frames()[byte() % good_frames().size()];
        const auto place = two_bytes() % frame.size();
        frame[place] ^= byte();
        return give(sync::in::FrameArrived{std::move(frame)});
      }
      case 2:
        return answer_store(true, {});
      case 3:
        return answer_load(true);
      case 4: {
        const auto way = byte();
        if (way % 2 == 0) return answer_load(false);
        const auto gap = fail(FailureCode::conflict, {"接不上", "a gap"}, "send_from " + std::to_string(way / 4));
        const auto full = fail(FailureCode::unavailable, {"磁盘已满", "disk full"});
        return answer_store(false, way % 4 == 1 ? Status(gap) : Status(full));
      }
      case 5: {
        const auto first = byte() % entries_each;
        const auto last = std::max<std::size_t>(first, byte() % entries_each);
        return give(sync::in::FrameArrived{sync::to_frame(sync::message::Ranges{{own.range(first, last)}})});
      }
      case 6: {
        const auto what = byte();
        const auto seq = byte();
        const auto& head = hub_journal().heads[seq % entries_each].head;
        const auto why = what % 2 == 0 ? sync::message::Why::failed_checks : sync::message::Why::not_admitted;
        sync::Message message = sync::message::Stored{head};
        if (what % 3 == 1) message = sync::message::SendFrom{head.journal, sync::Varint{seq}};
        if (what % 3 == 2) message = sync::message::Refused{head.journal, sync::Varint{seq}, why};
        return give(sync::in::FrameArrived{sync::to_frame(message)});
      }
      case 7: {
        const auto line = hub_.store.journal(hub_journal().id);
        const auto next = line->head.head.seq + 1;
        if (next >= entries_each) return;
        VERIFY(hub_.store.append(std::vector{hub_journal().range(next, next)}));
        return give(sync::in::JournalGrew{hub_journal().heads[next].head, false});
      }
      case 8:
        now_ = now_ + std::int64_t{1000} * byte();
        return give(sync::in::TimerFired{});
      default:
        return give(sync::in::FrameArrived{good_frames().front()});
    }
  }

  void answer_store(bool well, Status status) {
    if (stores_.empty()) return;
    const auto order = std::move(stores_.front());
    stores_.pop_front();
    if (well) {
      const auto before = hub_.store.journals();
      const auto report = hub_.store.append(order.ranges);
      if (!report) status = tl::make_unexpected(report.error());
      for (const auto& line : hub_.store.journals()) {
        const auto known = std::find_if(before.begin(), before.end(), [&](const auto& at) { return at.id == line.id; });
        if (known != before.end() && *known == line) continue;
        give(sync::in::JournalGrew{{line.id, line.head.head.seq, line.head.head.id}, known == before.end()});
      }
    }
    give(sync::in::StoreDone{order.ticket, std::move(status)});
  }

  void answer_load(bool well) {
    if (loads_.empty()) return;
    const auto order = loads_.front();
    loads_.pop_front();
    auto ranges = hub_.store.read(order.journal, order.from, {order.items_max, order.bytes_max});
    if (!well) ranges = fail(FailureCode::unreadable, {"读不了", "damaged"}, "seq " + std::to_string(order.from));
    give(sync::in::LoadDone{order.ticket, std::move(ranges)});
  }

  void give(sync::Input input) {
    const bool was_closed = session_.closed();
    const auto outputs = session_.step(std::move(input), now_);
    VERIFY(!was_closed || outputs.empty());
    for (const auto& output : outputs) {
      if (const auto* send = std::get_if<sync::out::Send>(&output)) check_said(send->frame);
      if (const auto* load = std::get_if<sync::out::Load>(&output)) loads_.push_back(*load);
      if (const auto* store = std::get_if<sync::out::Store>(&output)) {
        for (const auto& range : store->ranges) {
          const auto& writer = range.journal == own_journal().id ? own_journal() : hub_journal();
          VERIFY(range.journal == writer.id && journal::verify_range(range, writer.keys.public_key));
        }
        stores_.push_back(*store);
      }
    }
    VERIFY(loads_.size() <= 1);  // one read at a time
  }

  void check_said(const Bytes& frame) {
    const auto message = sync::parse_frame(frame);
    VERIFY(message.has_value());
    if (const auto* stored = std::get_if<sync::message::Stored>(&*message)) {
      const auto lines = hub_.store.journals();
      VERIFY(std::any_of(lines.begin(), lines.end(), [&](const store::JournalInfo& line) {
        if (line.head.head.journal != stored->head.journal || stored->head.seq > line.head.head.seq) return false;
        const auto item = hub_.store.item({line.id, stored->head.seq});
        return item && item->item.id == stored->head.id;
      }));
    }
    VERIFY(!std::holds_alternative<sync::message::Hello>(*message));
  }

  ByteView rest_;
  Hub hub_;
  sync::Session session_;
  Instant now_{1'790'000'000'000};
  std::deque<sync::out::Store> stores_;
  std::deque<sync::out::Load> loads_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  if (const auto message = sync::parse_frame(bytes)) VERIFY(equal(sync::to_frame(*message), bytes));
  Run(bytes.first(std::min<std::size_t>(size, 4096))).go();
  return 0;
}
