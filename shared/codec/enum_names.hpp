#pragma once
// Each enum that stands in bytes or JSON lists its names once, in order, from 0:
//   template <> struct cunzheng::codec::EnumNames<Zone> { static constexpr std::array names{"listed", "negative"}; };
// A value outside the list does not decode. Names are stable: they are what JSON shows.

#include <array>
#include <optional>
#include <string_view>
#include <type_traits>

namespace cunzheng::codec {

template <class E>
struct EnumNames;

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { EnumNames<E>::names.size(); };

template <NamedEnum E>
constexpr std::string_view name_of(E value) {
  const auto at = static_cast<std::size_t>(value);
  return at < EnumNames<E>::names.size() ? std::string_view(EnumNames<E>::names[at]) : std::string_view("?");
}

template <NamedEnum E>
constexpr std::optional<E> enum_from_name(std::string_view name) {
  for (std::size_t at = 0; at < EnumNames<E>::names.size(); ++at) {
    if (EnumNames<E>::names[at] == name) return static_cast<E>(at);
  }
  return std::nullopt;
}

}  // namespace cunzheng::codec
