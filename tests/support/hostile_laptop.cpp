#include "tests/support/hostile_laptop.hpp"

#include <stdexcept>

namespace cunzheng::test {

HostileLaptop::HostileLaptop(std::uint16_t port, const MemoryLaptop& enrolled) : client_(port) {
  const auto stop = [](const char* why) { throw std::runtime_error(std::string("hostile laptop: ") + why); };
  if (!client_.start_tls()) stop("no TLS");
  client_.send(upgrade_request("cunzheng.v1"));
  if (!client_.receive_head().starts_with("HTTP/1.1 101")) stop("no WebSocket");
  sync::message::Hello hello;
  hello.said.device = enrolled.device().public_key;
  hello.said.digest = sync::digest_of({});
  hello.said.boot_counter = sync::Varint{1};
  hello.signature =
      crypto::sign(enrolled.device().secret, "hello", sync::hello_statement(client_.binding(), hello.said));
  say(hello);
  const auto answer = hear(10'000);
  const auto* welcome = answer ? std::get_if<sync::message::Welcome>(&*answer) : nullptr;
  if (welcome == nullptr) stop("not welcome");
  welcome_ = *welcome;
}

bool HostileLaptop::say_bytes(ByteView frame) {
  return client_.send(to_bytes({.payload = packer_.pack(frame, false)}));
}

std::optional<sync::Message> HostileLaptop::hear(int ms) {
  for (;;) {
    const auto packed = client_.receive_message(ms);
    if (!packed) return std::nullopt;
    const auto frame = unpacker_.unpack(*packed, 4U << 20, true);
    if (!frame) return std::nullopt;
    if (!*frame) continue;
    const auto message = sync::parse_frame(**frame);
    if (!message) return std::nullopt;
    return *message;
  }
}

std::optional<sync::Message> HostileLaptop::answer(int ms) {
  for (;;) {
    auto message = hear(ms);
    if (!message || std::holds_alternative<sync::message::Stored>(*message) ||
        std::holds_alternative<sync::message::SendFrom>(*message) ||
        std::holds_alternative<sync::message::Refused>(*message) ||
        std::holds_alternative<sync::message::Bye>(*message)) {
      return message;
    }
  }
}

std::string said(const std::optional<sync::Message>& message) {
  if (!message) return "nothing";
  if (const auto* stored = std::get_if<sync::message::Stored>(&*message))
    return "Stored " + std::to_string(stored->head.seq);
  if (const auto* from = std::get_if<sync::message::SendFrom>(&*message))
    return "SendFrom " + std::to_string(from->from.value);
  if (const auto* refused = std::get_if<sync::message::Refused>(&*message)) {
    return "Refused " + std::to_string(refused->seq.value) + " " + std::string(codec::name_of(refused->why));
  }
  if (const auto* bye = std::get_if<sync::message::Bye>(&*message))
    return "Bye " + std::string(codec::name_of(bye->reason));
  return "something else";
}

}  // namespace cunzheng::test
