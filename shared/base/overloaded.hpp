#pragma once
// std::visit with one lambda per alternative: std::visit(Overloaded{[](const A&) {...}, [](const B&) {...}}, variant).

namespace cunzheng {

template <class... Answers>
struct Overloaded : Answers... {
  using Answers::operator()...;
};
template <class... Answers>
Overloaded(Answers...) -> Overloaded<Answers...>;

}  // namespace cunzheng
