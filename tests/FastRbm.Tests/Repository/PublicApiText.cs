using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace FastRbm.Tests.Repository;

/// <summary>The public and protected members of an assembly as sorted lines: a type, then its members, indented.</summary>
internal static class PublicApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext _nullability = new();

    /// <summary>Writes an assembly.</summary>
    public static string Of(Assembly assembly) => Of(assembly.GetExportedTypes());

    /// <summary>Writes some types.</summary>
    public static string Of(IEnumerable<Type> types)
    {
        StringBuilder text = new();
        foreach (Type type in types.OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Head(type)).Append('\n');
            if (typeof(Delegate).IsAssignableFrom(type))
            {
                continue;
            }

            foreach (string member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Head(Type type)
    {
        string name = type.FullName!.Split('`')[0].Replace('+', '.') + Arguments(type.GetGenericArguments());
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"delegate {Result(invoke.ReturnParameter)} {name}({Parameters(invoke)})";
        }

        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (type.IsByRefLike ? "ref struct" : "struct"),
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        IEnumerable<string> bases = type.GetInterfaces().Select(Name).Order(StringComparer.Ordinal);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            bases = type.IsEnum ? [Name(Enum.GetUnderlyingType(type))] : bases.Prepend(Name(parent));
        }

        string list = string.Join(", ", bases);
        return $"{kind} {name}{(list.Length > 0 ? " : " + list : "")}{Constraints(type.GetGenericArguments())}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            foreach (FieldInfo value in type.GetFields(BindingFlags.Public | BindingFlags.Static))
            {
                yield return $"{value.Name} = {Convert.ToInt64(value.GetRawConstantValue(), CultureInfo.InvariantCulture)}";
            }

            yield break;
        }

        foreach (FieldInfo field in type.GetFields(Declared).Where(static field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly))
        {
            string kind = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
            string value = field.IsLiteral ? " = " + Constant(field.GetRawConstantValue()) : "";
            yield return $"{kind}{Name(field.FieldType)}{Mark(_nullability.Create(field))} {field.Name}{value}";
        }

        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(Visible))
        {
            yield return $"{Access(constructor)}new({Parameters(constructor)})";
        }

        foreach (PropertyInfo property in type.GetProperties(Declared).Where(static property => property.GetAccessors(nonPublic: true).Any(Visible)))
        {
            MethodInfo[] accessors = [.. property.GetAccessors(nonPublic: true).Where(Visible)];
            string index = property.GetIndexParameters().Length > 0 ? $"[{Parameters(accessors[0], property.GetIndexParameters().Length)}]" : "";
            IEnumerable<string> words = accessors.Select(static accessor =>
                accessor.Name.StartsWith("get_", StringComparison.Ordinal) ? "get;" : IsInit(accessor) ? "init;" : "set;").Order(StringComparer.Ordinal);
            yield return $"{Access(accessors[0])}{Name(property.PropertyType)}{Mark(_nullability.Create(property))} {property.Name}{index} {{ {string.Join(' ', words)} }}";
        }

        foreach (MethodInfo method in type.GetMethods(Declared).Where(Visible).Where(static method => !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)))
        {
            // What every record has is said by its interfaces.
            if (!method.IsDefined(typeof(CompilerGeneratedAttribute)))
            {
                Type[] arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
                yield return $"{Access(method)}{Result(method.ReturnParameter)} {method.Name}{Arguments(arguments)}({Parameters(method)}){Constraints(arguments)}";
            }
        }

        foreach (EventInfo happening in type.GetEvents(Declared).Where(static happening => Visible(happening.AddMethod!)))
        {
            yield return $"event {Name(happening.EventHandlerType!)} {happening.Name}";
        }
    }

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Access(MethodBase method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : method.IsAbstract ? "abstract " : method.IsVirtual && !method.IsFinal ? "virtual " : "");

    private static string Parameters(MethodBase method, int count = int.MaxValue) => string.Join(", ", method.GetParameters().Take(count).Select(static parameter =>
    {
        string way = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        string word = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        string value = parameter.HasDefaultValue ? " = " + Constant(parameter.DefaultValue) : "";
        return $"{word}{way}{Result(parameter)} {parameter.Name}{value}";
    }));

    private static string Result(ParameterInfo parameter) => Name(parameter.ParameterType) + Mark(_nullability.Create(parameter));

    private static string Mark(NullabilityInfo info) => info.ReadState == NullabilityState.Nullable && !info.Type.IsValueType ? "?" : "";

    private static string Constraints(Type[] arguments) => string.Concat(arguments.Where(static argument => argument.IsGenericParameter).Select(static argument =>
    {
        bool value = argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        bool unmanaged = argument.CustomAttributes.Any(static attribute => attribute.AttributeType.Name == "IsUnmanagedAttribute");
        string[] words =
        [
            .. unmanaged ? ["unmanaged"] : value ? ["struct"] : Array.Empty<string>(),
            .. argument.GetGenericParameterConstraints().Where(static constraint => constraint != typeof(ValueType)).Select(Name),
        ];
        return words.Length == 0 ? "" : $" where {argument.Name} : {string.Join(", ", words)}";
    }));

    private static string Arguments(Type[] arguments) => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>";

    private static string Constant(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        Enum named => $"{named.GetType().Name}.{named}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Name(Type type) => type switch
    {
        { IsByRef: true } => Name(type.GetElementType()!),
        { IsPointer: true } => Name(type.GetElementType()!) + "*",
        { IsArray: true } => $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]",
        { IsGenericParameter: true } => type.Name,
        _ when Nullable.GetUnderlyingType(type) is { } inner => Name(inner) + "?",
        { IsGenericType: true } => type.Name.Split('`')[0] + Arguments(type.GetGenericArguments()),
        { IsPrimitive: true } or { FullName: "System.String" or "System.Void" or "System.Object" } => Keyword(type),
        _ => type.Name,
    };

    private static string Keyword(Type type) => type.Name switch
    {
        "Single" => "float",
        "Int32" => "int",
        "UInt32" => "uint",
        "Int64" => "long",
        "UInt64" => "ulong",
        "Int16" => "short",
        "UInt16" => "ushort",
        "Boolean" => "bool",
        "IntPtr" => "nint",
        "UIntPtr" => "nuint",
#pragma warning disable CA1308 // Keywords are lower-case.
        _ => type.Name.ToLowerInvariant(),
#pragma warning restore CA1308
    };
}
