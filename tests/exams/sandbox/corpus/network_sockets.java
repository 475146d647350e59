// expect: AC
// stdin: doors
// slow: yes
// what: Sockets, channels, datagrams and URLs of Java reach nobody.
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URL;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;

public class Main {
    interface Act {
        Object run() throws Exception;
    }

    static final ArrayList<String> holes = new ArrayList<>();

    static void tried(String name, Act act) {
        try {
            act.run();
            holes.add(name);
        } catch (Exception | Error refused) {
            return;
        }
    }

    public static void main(String[] arguments) throws Exception {
        var doors = new String(System.in.readAllBytes()).split("\n");
        int tcp = Integer.parseInt(doors[0]), udp = Integer.parseInt(doors[1]);
        tried("socket", () -> new Socket("127.0.0.1", tcp));
        tried("channel", () -> SocketChannel.open(new InetSocketAddress("127.0.0.1", tcp)));
        tried("unix", () -> SocketChannel.open(UnixDomainSocketAddress.of(doors[2])));
        tried("server", () -> new ServerSocket(0));
        tried("url", () -> new URL("http://127.0.0.1:" + tcp + "/").openStream());
        tried("file url", () -> new URL("file:///etc/shadow").openStream());
        tried("name", () -> InetAddress.getByName("example.org"));
        tried("datagram", () -> {
            var one = new DatagramSocket();
            one.send(new DatagramPacket(new byte[4], 4, InetAddress.getByName("127.0.0.1"), udp));
            return one;
        });
        System.out.println(holes.isEmpty() ? "contained" : "hole: " + holes);
    }
}
