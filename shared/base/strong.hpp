#pragma once
// Two ids made of the same kind of bytes are two types: mixing them does not compile.

#include <compare>
#include <utility>

namespace cunzheng {

template <class Tag, class T>
class Strong {
 public:
  using Value = T;

  constexpr Strong() = default;
  constexpr explicit Strong(T value) : value_(std::move(value)) {}

  constexpr const T& value() const { return value_; }
  constexpr T& value() { return value_; }

  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;

 private:
  T value_{};
};

}  // namespace cunzheng
