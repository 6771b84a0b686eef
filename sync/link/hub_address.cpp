#include "sync/link/connector.hpp"

#include <algorithm>
#include <charconv>

namespace cunzheng::link {
namespace {

tl::unexpected<Failure> bad_address() {
  return fail(FailureCode::bad_input,
              {"中心地址应为“主机名”或“主机名:端口”，例如 hub.example.cn:" + std::to_string(default_port),
               "expected a host name or host:port, for example hub.example.cn:" + std::to_string(default_port)},
              "hub");
}

void drop_prefix(std::string_view& text, std::string_view prefix) {
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
}

bool is_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view of_names = "abcdefghijklmnopqrstuvwxyz0123456789.-";
constexpr std::string_view of_v6 = "0123456789abcdef:.";

}  // namespace

Result<HubAddress> parse_hub_address(const std::string& text) {
  if (text.size() > 512 || !is_utf8(text)) return bad_address();
  auto plain = trimmed(to_half_width(text));
  std::transform(plain.begin(), plain.end(), plain.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::string_view rest = plain;
  drop_prefix(rest, "wss://");
  drop_prefix(rest, "https://");
  if (rest.ends_with("/")) rest.remove_suffix(1);

  HubAddress address{{}, default_port};
  std::optional<std::string_view> port;
  if (rest.starts_with("[")) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return bad_address();
    address.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (!rest.empty()) {
      if (rest.front() != ':') return bad_address();
      port = rest.substr(1);
    }
  } else if (const auto colons = std::count(rest.begin(), rest.end(), ':'); colons == 1) {
    const auto colon = rest.find(':');
    address.host = rest.substr(0, colon);
    port = rest.substr(colon + 1);
  } else {
    address.host = rest;
  }

  const bool is_v6 = address.host.find(':') != std::string::npos;
  if (address.host.size() > 253 || !is_of(address.host, is_v6 ? of_v6 : of_names)) return bad_address();
  if (port) {
    const auto* end = port->data() + port->size();
    const auto [stopped, error] = std::from_chars(port->data(), end, address.port);
    if (error != std::errc() || stopped != end || address.port == 0) return bad_address();
  }
  return address;
}

std::string to_text(const HubAddress& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace cunzheng::link
