using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Penstock.EdgeAgent.Running;

/// <summary>What a heartbeat says of the machine and the program.</summary>
internal static class Machine
{
    private const string IdFile = "/etc/machine-id";
    private const string Purpose = "penstock agent ";
    private static readonly string[] OpenSsl = ["libssl.so.3", "libssl.so.1.1"];

    /// <summary>Version, and the first digits of the commit it was built from where that is known: <c>0.1.0+5d6ff1a</c>.</summary>
    public static string Version { get; } =
        Short(typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0");

    public static string Platform { get; } =
        $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.RuntimeIdentifier}";

    /// <summary>Hash of the machine id, for telling copied data folders; the id itself is confidential (machine-id(5)). Null where there is none, or no OpenSSL to hash it.</summary>
    public static string? Hash()
    {
        try
        {
            var id = File.ReadAllText(IdFile).Trim();
            // Without the library .NET would end the process, not throw.
            return id.Length == 0 || !OpenSsl.Any(name => NativeLibrary.TryLoad(name, out _)) ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Purpose + id)))[..16];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Short(string version)
    {
        var commit = version.IndexOf('+', StringComparison.Ordinal) + 1;
        return commit > 0 && version.Length > commit + 7 ? version[..(commit + 7)] : version;
    }
}
