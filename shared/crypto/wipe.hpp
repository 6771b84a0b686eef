#pragma once
// Secret bytes that leave no copy behind: in guarded pages, kept out of swap and core dumps where the
// system allows it (best effort), overwritten when they are let go.

#include "shared/base/bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

namespace cunzheng::crypto {

// Makes the crypto library ready; any thread, any number of times. Everything in this room that needs
// it calls it itself; a shell calls it first so that a broken machine stops at start.
void start();

void wipe(std::span<std::uint8_t> bytes);

// Equal or not, in time that depends on the lengths only.
bool equal_in_constant_time(ByteView a, ByteView b);

namespace detail {
std::uint8_t* allocate_wiped(std::size_t size);  // zeroed
struct FreeWiped {
  void operator()(std::uint8_t* bytes) const;
};
}  // namespace detail

// N secret bytes. Move only, a copy is asked for by name, and no archive knows it. A moved-from holder
// may only be destroyed or assigned to. One costs some pages of memory: for keys, not for crowds.
template <std::size_t N>
class Wiped {
 public:
  Wiped() : bytes_(detail::allocate_wiped(N)) {}
  explicit Wiped(std::span<const std::uint8_t, N> bytes) : Wiped() {
    std::copy(bytes.begin(), bytes.end(), bytes_.get());
  }

  Wiped copy() const { return Wiped(bytes()); }

  // Valid as long as this holder and not moved away by a move of it.
  std::span<const std::uint8_t, N> bytes() const { return std::span<const std::uint8_t, N>(bytes_.get(), N); }
  std::span<std::uint8_t, N> bytes() { return std::span<std::uint8_t, N>(bytes_.get(), N); }

 private:
  std::unique_ptr<std::uint8_t, detail::FreeWiped> bytes_;
};

}  // namespace cunzheng::crypto
