using System.Reflection;

namespace Penstock.Central;

internal static class CentralVersion
{
    public static string Text { get; } =
        typeof(CentralVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
