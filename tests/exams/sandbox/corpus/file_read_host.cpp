// expect: AC
// stdin: doors
// slow: yes
// what: The same with std::ifstream and opendir.
#include <dirent.h>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

int main()
{
    std::vector<std::string> doors;
    for (std::string line; std::getline(std::cin, line);)
        doors.push_back(line);
    bool whole = true;
    for (const std::string &name : {doors[4], doors[5] + "/manage.py", std::string("/etc/shadow"),
                                    std::string("/proc/self/environ"), std::string("/etc/hostname")}) {
        std::ifstream file(name);
        if (file.get() != EOF) {
            std::cout << "hole: " << name << '\n';
            whole = false;
        }
    }
    for (const std::string &name : {doors[5], doors[6], std::string("/proc"), std::string("/sys"), std::string("/home")}) {
        DIR *folder = opendir(name.c_str());
        int entries = 0;
        while (folder && readdir(folder))
            entries++;
        if (entries > 2) {
            std::cout << "hole: " << name << '\n';
            whole = false;
        }
    }
    if (whole)
        std::cout << "contained\n";
}
