#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    const char answer[] = "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(18103)};
    char request[2048];
    int yes = 1, server = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(server, (struct sockaddr *)&at, sizeof at) || listen(server, 8)) return 1;
    for (;;) {
        int client = accept(server, 0, 0);
        if (client < 0) return 1;
        if (read(client, request, sizeof request) > 0) (void)!write(client, answer, sizeof answer - 1);
        close(client);
    }
}
