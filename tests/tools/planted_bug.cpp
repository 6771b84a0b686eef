// planted_bug overflow|undefined|leak: does it, and goes on as if nothing had been. The tests show with it that they see
// what sanitizers report of a program.

#include <limits>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
  const std::string_view bug = argc == 2 ? argv[1] : "";
  if (bug == "overflow") {
    const std::vector<char> three(3);
    const volatile std::size_t fourth = 3;
    return three.data()[fourth] == 'x' ? 1 : 0;
  }
  if (bug == "undefined") {
    volatile int number = std::numeric_limits<int>::max();
    number = number + 1;
    return 0;
  }
  if (bug == "leak") {
    static_cast<void>(new std::vector<char>(100));
    return 0;
  }
  return 2;
}
