#include "sync/core/session.hpp"

#include "shared/base/overloaded.hpp"
#include "shared/crypto/hash.hpp"
#include "sync/core/incoming.hpp"

#include <algorithm>
#include <utility>

namespace cunzheng::sync {
namespace {

using Step = std::optional<Closing>;  // none: the session goes on
Step stay() { return std::nullopt; }
Step close_for(CloseReason reason, std::string detail) { return Closing{reason, std::move(detail)}; }

}  // namespace

class Session::Machine {
 public:
  Machine(SessionOptions options, const Directory& directory)
      : options_(std::move(options)),
        context_(options_, directory),
        outgoing_(context_),
        incoming_(context_, outgoing_) {
    context_.body = options_.body;
  }

  std::vector<Output> step(Input& input, Instant now);
  bool is_closed() const { return state_ == State::closed; }
  const std::string& body() const { return context_.body; }
  const std::optional<Peer>& peer() const { return peer_; }

 private:
  enum class State : std::uint8_t {
    unlinked,
    awaiting_hello,    // hub
    awaiting_welcome,  // laptop
    open,
    closed,
  };

  // How far the exchange of ranges had come.
  struct Mark {
    std::uint64_t sent = 0;
    std::uint64_t seen = 0;
    bool operator==(const Mark&) const = default;
  };

  Step take(Input& input);
  Step link_up(const in::LinkUp& up);
  Step hello(const Bytes& frame);
  Step welcome(const Bytes& frame);
  Step frame(const Bytes& frame);
  Step message(Message message, std::size_t frame_bytes);
  Step timer_fired();
  Step link_down();
  Step peer_left(CloseReason reason);

  void level_from_the_start();
  void settle();
  void close(const Closing& closing);
  Instant deadline() const;
  std::optional<Instant> owed_since() const;
  void arm();

  const SessionOptions options_;
  Context context_;
  Outgoing outgoing_;
  Incoming incoming_;
  State state_ = State::unlinked;

  Hash binding_{};
  Bytes hello_frame_;                // laptop: what the Welcome answers
  std::vector<journal::Head> held_;  // laptop: the ends when the Hello was made,
  std::vector<journal::Head> told_;  // and what of them it named
  Hash peer_greeting_{};             // of the frame that opened the session: the same again changes nothing
  std::optional<Peer> peer_;

  std::optional<Mark> level_said_at_;
  std::optional<Mark> in_step_said_at_;
  std::optional<std::uint64_t> peer_level_;  // the peer was level, having seen this many of our Ranges frames

  Instant linked_at_;
  Instant heard_at_;
  std::optional<Instant> pinged_at_;  // unanswered
  std::optional<Instant> armed_;
};

std::vector<Output> Session::Machine::step(Input& input, Instant now) {
  if (state_ == State::closed) return {};
  context_.now = std::max(context_.now, now);
  if (const auto closing = take(input)) close(*closing);
  if (state_ == State::open) settle();
  if (state_ != State::closed && state_ != State::unlinked) arm();
  return std::exchange(context_.outputs, {});
}

// The whole table of states and inputs.
Step Session::Machine::take(Input& input) {
  switch (state_) {
    case State::unlinked:
      return std::visit(
          Overloaded{
              [&](const in::LinkUp& up) { return link_up(up); }, [&](const in::LinkDown&) { return link_down(); },
              [](const in::Leave&) { return close_for(CloseReason::done, "left"); },
              [](const in::FrameArrived&) { return close_for(CloseReason::bad_frame, "no link yet"); },
              [](const auto&) { return stay(); },  // the scope is asked for when the greeting is made
          },
          input);
    case State::awaiting_hello:
    case State::awaiting_welcome:
      return std::visit(
          Overloaded{
              [&](const in::FrameArrived& arrived) {
                return state_ == State::awaiting_hello ? hello(arrived.frame) : welcome(arrived.frame);
              },
              [&](const in::TimerFired&) { return timer_fired(); }, [&](const in::LinkDown&) { return link_down(); },
              [](const in::Leave&) { return close_for(CloseReason::done, "left"); },
              [](const in::LinkUp&) { return close_for(CloseReason::bad_frame, "a second link"); },
              [](const auto&) { return stay(); },  // a trickle of bytes buys no time before the greeting
          },
          input);
    case State::open:
      return std::visit(Overloaded{
                            [&](const in::FrameArrived& arrived) { return frame(arrived.frame); },
                            [&](const in::StoreDone& answer) { return incoming_.stored(answer); },
                            [&](const in::LoadDone& answer) { return outgoing_.loaded(answer); },
                            [&](const in::JournalGrew& growth) {
                              outgoing_.grew(growth);
                              return stay();
                            },
                            [&](const in::TimerFired&) { return timer_fired(); },
                            [&](const in::LinkAlive&) {
                              heard_at_ = context_.now;
                              return stay();
                            },
                            [&](const in::LinkDown&) { return link_down(); },
                            [](const in::Leave&) { return close_for(CloseReason::done, "left"); },
                            [](const in::LinkUp&) { return close_for(CloseReason::bad_frame, "a second link"); },
                        },
                        input);
    case State::closed:
      return stay();
  }
  return close_for(CloseReason::bad_frame, "no such state");
}

// ---------------------------------------------------------------- greeting

Step Session::Machine::link_up(const in::LinkUp& up) {
  binding_ = up.binding;
  linked_at_ = context_.now;
  if (!context_.is_laptop()) {
    state_ = State::awaiting_hello;
    return stay();
  }
  held_ = context_.directory.scope(context_.body);
  told_ = context_.directory.whole(context_.body);
  message::Hello hello;
  hello.said.device = options_.own_key;
  hello.said.digest = told_ == held_ ? digest_of(held_) : digest_of({});  // who lacks something is level with nobody
  hello.said.boot_counter = Varint{options_.boot_counter};
  hello.said.heads = compact(told_);
  // A hub takes no larger one. What is not named is sent here again, which costs time and nothing else.
  auto& heads = hello.said.heads;
  while (!heads.empty() && codec::encode(hello).size() >= options_.limits.hello_bytes_max) heads.pop_back();
  hello.signature = options_.sign(hello_statement(binding_, hello.said));
  hello_frame_ = to_frame(hello);
  context_.outputs.push_back(out::Send{hello_frame_});
  state_ = State::awaiting_welcome;
  return stay();
}

Step Session::Machine::hello(const Bytes& frame) {
  if (frame.size() > options_.limits.hello_bytes_max) return close_for(CloseReason::bad_frame, "greeting too large");
  if (is_greeting_of_another_version(frame))
    return close_for(CloseReason::version, "peer: " + std::to_string(frame[1]));
  const auto parsed = parse_frame(frame);
  const auto* hello = parsed ? std::get_if<message::Hello>(&*parsed) : nullptr;
  if (hello == nullptr) return close_for(CloseReason::bad_frame, "not a Hello");
  const auto& said = hello->said;
  if (said.version_most < said.version) return close_for(CloseReason::bad_frame, "versions out of order");
  if (!crypto::verify(said.device, "hello", hello_statement(binding_, said), hello->signature)) {
    return close_for(CloseReason::not_admitted, "signature of the Hello");
  }
  const auto admission = context_.directory.admit(said.device);
  if (!admission) return close_for(CloseReason::not_admitted, "device");

  context_.body = admission->body;
  const auto scope = context_.directory.scope(context_.body);
  const auto whole = context_.directory.whole(context_.body);
  const bool equal_scopes = said.digest == digest_of(scope) && whole == scope;
  message::Welcome welcome;
  welcome.said.hub_time = context_.now + options_.wall_ahead_ms;
  if (!equal_scopes) welcome.said.heads = compact(whole);
  welcome.signature = options_.sign(welcome_statement(binding_, frame, welcome.said));
  context_.send(welcome);

  peer_ = Peer{said.device, said.boot_counter.value, {}};
  peer_greeting_ = crypto::sha256(frame);
  heard_at_ = context_.now;
  state_ = State::open;
  if (equal_scopes) {
    outgoing_.begin_level(scope);
    level_from_the_start();
  } else {
    outgoing_.begin(scope, whole, said.heads);
  }
  return stay();
}

Step Session::Machine::welcome(const Bytes& frame) {
  if (frame.size() > options_.limits.frame_bytes_max) return close_for(CloseReason::bad_frame, "frame too large");
  if (is_greeting_of_another_version(frame)) return close_for(CloseReason::version, "hub: " + std::to_string(frame[1]));
  const auto parsed = parse_frame(frame);
  if (parsed) {
    if (const auto* bye = std::get_if<message::Bye>(&*parsed)) return peer_left(bye->reason);
  }
  const auto* welcome = parsed ? std::get_if<message::Welcome>(&*parsed) : nullptr;
  if (welcome == nullptr) return close_for(CloseReason::bad_frame, "not a Welcome");
  const auto statement = welcome_statement(binding_, hello_frame_, welcome->said);
  if (!crypto::verify(options_.hub_key, "welcome", statement, welcome->signature)) {
    return close_for(CloseReason::not_admitted, "signature of the Welcome");
  }

  peer_ = Peer{options_.hub_key, 0, welcome->said.hub_time};
  peer_greeting_ = crypto::sha256(frame);
  heard_at_ = context_.now;
  state_ = State::open;
  if (welcome->said.heads) {
    outgoing_.begin(held_, told_, *welcome->said.heads);
  } else {
    outgoing_.begin_level(held_);
    level_from_the_start();
  }
  // What grew while the hub was answering.
  for (const auto& end : context_.directory.scope(context_.body)) outgoing_.grew({end, true});
  hello_frame_ = {};
  held_ = {};
  told_ = {};
  return stay();
}

// Equal digests: the greeting itself said all that Level says.
void Session::Machine::level_from_the_start() {
  level_said_at_ = Mark{};
  in_step_said_at_ = Mark{};
  peer_level_ = 0;
  context_.outputs.push_back(out::InStep{});
}

// ---------------------------------------------------------------- open

Step Session::Machine::frame(const Bytes& frame) {
  heard_at_ = context_.now;
  pinged_at_.reset();
  if (frame.size() > options_.limits.frame_bytes_max) return close_for(CloseReason::bad_frame, "frame too large");
  auto parsed = parse_frame(frame);
  if (!parsed) return close_for(CloseReason::bad_frame, parsed.error().what.en);
  const bool greets =
      std::holds_alternative<message::Hello>(*parsed) || std::holds_alternative<message::Welcome>(*parsed);
  if (greets && crypto::sha256(frame) == peer_greeting_) return stay();
  return message(*std::move(parsed), frame.size());
}

Step Session::Machine::message(Message message, std::size_t frame_bytes) {
  return std::visit(Overloaded{
                        [](const message::Hello&) { return close_for(CloseReason::bad_frame, "a second Hello"); },
                        [](const message::Welcome&) { return close_for(CloseReason::bad_frame, "a second Welcome"); },
                        [&](message::Ranges& said) {
                          peer_level_.reset();
                          return incoming_.take(std::move(said.ranges), frame_bytes);
                        },
                        [&](const message::Stored& said) {
                          outgoing_.stored(said.head);
                          return stay();
                        },
                        [&](const message::SendFrom& said) {
                          outgoing_.send_from(said.journal, said.from.value);
                          return stay();
                        },
                        [&](const message::Refused& said) {
                          outgoing_.refused(said);
                          return stay();
                        },
                        [&](const message::Level& said) {
                          peer_level_ = said.ranges_seen.value;
                          return stay();
                        },
                        [&](const message::Ping&) {
                          context_.send(message::Pong{});
                          return stay();
                        },
                        [](const message::Pong&) { return stay(); },
                        [&](const message::Bye& said) { return peer_left(said.reason); },
                    },
                    message);
}

// After each input: send what there is to send, and say so when there is nothing left.
void Session::Machine::settle() {
  outgoing_.pump();
  if (!outgoing_.is_level() || !incoming_.is_level()) return;
  const Mark mark{outgoing_.ranges_sent(), incoming_.ranges_seen()};
  if (level_said_at_ != mark) {
    level_said_at_ = mark;
    context_.send(message::Level{Varint{mark.seen}});
  }
  if (peer_level_ >= mark.sent && in_step_said_at_ != mark) {
    in_step_said_at_ = mark;
    context_.outputs.push_back(out::InStep{});
  }
}

// ---------------------------------------------------------------- the end

void Session::Machine::close(const Closing& closing) {
  if (state_ != State::unlinked) context_.send(message::Bye{closing.reason});
  context_.outputs.push_back(out::Close{closing.reason, closing.detail});
  state_ = State::closed;
}

Step Session::Machine::peer_left(CloseReason reason) {
  context_.outputs.push_back(out::Close{reason, "said by the peer", true});
  state_ = State::closed;
  return stay();
}

Step Session::Machine::link_down() {
  state_ = State::closed;
  return stay();
}

// ---------------------------------------------------------------- time

// Since when the peer owes us a frame.
std::optional<Instant> Session::Machine::owed_since() const {
  const auto batch = outgoing_.oldest_under_way();
  if (!batch || !pinged_at_) return batch ? batch : pinged_at_;
  return std::min(*batch, *pinged_at_);
}

// The next moment at which timer_fired() has something to do, if nothing is heard until then.
Instant Session::Machine::deadline() const {
  const auto& limits = options_.limits;
  if (state_ != State::open) return linked_at_ + limits.hello_ms;
  const auto silence = owed_since();
  // Only the laptop asks after an idle peer; the hub just hears from it in time.
  const auto idle_ms = context_.is_laptop() ? limits.keepalive_ms : limits.keepalive_ms + limits.silence_ms;
  if (!silence) return heard_at_ + idle_ms;
  const auto gone = std::max(heard_at_, *silence) + limits.silence_ms;
  return pinged_at_ ? gone : std::min(gone, heard_at_ + idle_ms);
}

Step Session::Machine::timer_fired() {
  armed_.reset();
  if (context_.now < deadline()) return stay();
  if (state_ != State::open) return close_for(CloseReason::timeout, "no greeting");
  const auto silence = owed_since();
  const bool gone = silence && context_.now >= std::max(heard_at_, *silence) + options_.limits.silence_ms;
  if (gone || !context_.is_laptop()) return close_for(CloseReason::timeout, "silence");
  pinged_at_ = context_.now;
  context_.send(message::Ping{});
  return stay();
}

// An earlier call wakes us in time: it finds out itself that it is too soon.
void Session::Machine::arm() {
  const auto at = deadline();
  if (armed_ && *armed_ <= at) return;
  armed_ = at;
  context_.outputs.push_back(out::WakeAt{at});
}

// ---------------------------------------------------------------- the public face

Session::Session(SessionOptions options, const Directory& directory)
    : machine_(std::make_unique<Machine>(std::move(options), directory)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

std::vector<Output> Session::step(Input input, Instant now) { return machine_->step(input, now); }
bool Session::closed() const { return machine_->is_closed(); }
const std::string& Session::body() const { return machine_->body(); }
const std::optional<Peer>& Session::peer() const { return machine_->peer(); }

}  // namespace cunzheng::sync
