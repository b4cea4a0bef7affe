using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Penstock.Central.Access;

/// <summary>Random secrets of 256 bits. They cannot be guessed, so a plain hash keeps them.</summary>
internal static class Secret
{
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public static bool Matches(string hash, string otherHash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(otherHash));
}
